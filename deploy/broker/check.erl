%% Does every queue have the delivery limit and the target that the definitions declare? AMQP can't
%% say. `rabbitmqctl eval_file` runs this in the broker: as its health check in a container, for
%% `./warm status` on a local stack.
%%
%% The answer becomes the name of the cluster, because every client is given that when it connects:
%% warm/<the beginning of the SHA-256 of the definitions>/<queues that lack something, or "complete">.
%% Without a listener for clients it fails.
Listens = [Kind || {listener, _, Kind, _, _, _, _} <- rabbit_networking:active_listeners(),
                   lists:member(Kind, [amqp, 'amqp/ssl'])],
[_ | _] = Listens,
{ok, Text} = file:read_file(os:getenv("WARM_DEFINITIONS")),
Lacks = fun(Queue, Wanted) ->
    lists:any(fun({Key, Value}) -> rabbit_policy:get(Key, Queue) =/= Value end, maps:to_list(Wanted))
end,
Declared = maps:from_list([{Name, Wanted} || #{<<"name">> := Name, <<"definition">> := Wanted} <-
                                                 maps:get(<<"policies">>, rabbit_json:decode(Text))]),
%% Subscribers that were added aren't in the definitions: each has what the first one has.
OfSubscriber = fun(Name) ->
    case re:run(Name, <<"^(sub[.][^.]+)[.](reports|events)$">>, [{capture, [1], binary}]) of
        {match, [Subscriber]} ->
            (maps:get(<<"sub.archive.reports">>, Declared))
                #{<<"dead-letter-routing-key">> => <<Subscriber/binary, ".undelivered">>};
        nomatch -> #{}
    end
end,
NameOf = fun(Queue) -> {resource, _, queue, Name} = amqqueue:get_name(Queue), Name end,
Lacking = lists:sort([NameOf(Queue) || Queue <- rabbit_amqqueue:list(<<"/">>),
                      Lacks(Queue, maps:get(NameOf(Queue), Declared, OfSubscriber(NameOf(Queue))))]),
<<Begin:12/binary, _/binary>> =
    << <<(string:lowercase(integer_to_binary(Half, 16)))/binary>>
       || <<Half:4>> <= crypto:hash(sha256, Text) >>,
Answer = case Lacking of
    [] -> <<"complete">>;
    _ -> iolist_to_binary(lists:join(",", Lacking))
end,
Verdict = <<"warm/", Begin/binary, "/", Answer/binary>>,
case rabbit_nodes:cluster_name() of
    Verdict -> ok;
    _ -> rabbit_nodes:set_cluster_name(Verdict, <<"warm">>)
end,
Verdict.
