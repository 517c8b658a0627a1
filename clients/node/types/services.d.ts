// Generated from the declarations by `python -m deploy.catalogue`: change those, not this file.

/** A qualified quantity; `value` is a decimal number as text, null for `not_stated`. */
export interface Quantity {
  value: string | null;
  qualifier: "exact" | "over" | "about" | "at_most" | "not_stated";
  unit: string;
  stated?: string | null;
}

/** Text in Chinese, English or both. */
export interface Words {
  zh?: string;
  en?: string;
}

/** The arguments of every command. The client makes `command_id` where it isn't given, and
 * takes `actor` from its options. */
export interface CommandParts {
  command_id?: string;
  actor?: string;
  correlationid?: string;
  causationid?: string;
  confirm_unlikely?: boolean;
}

export interface CallOptions {
  /** How long to wait for the answer. */
  seconds?: number;
}

/** What every service has. */
export interface Common {
  /**
   * Bring the service forward after its database was restored from an older copy: events that
   * supervision has come back, and numbers that were used twice are given anew. Call it until
   * nothing is left to do. Raises Conflict, DeadlineExceeded, NotFound, Unavailable,
   * ValidationFailed.
   */
  bring_forward(given?: {
    dry_run?: boolean;
    settled?: Array<string>;
  }, options?: CallOptions): Promise<{
    incarnation: number;
    last: number;
    seen: number;
    read_back: number;
    renumbered: number;
    lost: Array<number>;
    restored: number;
    to_do: number;
    left: Array<{
      subject: string;
      type: string;
      version: number;
      missing: Array<string>;
      events: Array<string>;
    }>;
  }>;
  /**
   * Whether a command was carried out, and its first result: to be asked after
   * DeadlineExceeded, or before the command is repeated. Raises DeadlineExceeded,
   * ValidationFailed.
   */
  command(given: {
    command_id: string;
    arguments?: string | null;
  }, options?: CallOptions): Promise<{
    known: boolean;
    method: string | null;
    actor: string | null;
    recorded: string | null;
    arguments: string | null;
    result: Record<string, unknown> | null;
    same: boolean | null;
  }>;
  /**
   * One dead letter with its body, its reason, and the actions on it. Raises DeadlineExceeded,
   * NotFound, ValidationFailed.
   */
  dead_letter(given: {
    id: string;
  }, options?: CallOptions): Promise<{
    id: string;
    exchange: string;
    routing_key: string;
    properties: Record<string, string>;
    size: number;
    reason: "empty" | "too_large" | "not_json" | "not_an_envelope" | "missing_field" | "wrong_type" | "time_without_offset" | "foreign_source" | "unknown_version" | "id_conflict" | "number_taken" | "unknown_orgunit" | "cannot_be_stored" | "handler_failed" | "dead_lettered";
    detail: string;
    orgunit: string | null;
    state: "waiting" | "parked" | "resolved" | "discarded";
    first_seen: string;
    last_seen: string;
    seen: number;
    attempts: number;
    next_try: string | null;
    replay?: string;
    resolved?: string;
    audit: Array<{
      at: string;
      actor: string;
      action: "replay" | "discard";
      why?: string;
      command_id: string;
    }>;
    body: string;
    body_removed?: string;
  }>;
  /**
   * Who replayed, discarded or resumed what, and why, newest first. Raises DeadlineExceeded,
   * ValidationFailed.
   */
  dead_letter_audit(given?: {
    limit?: number;
  }, options?: CallOptions): Promise<Array<{
    command_id: string;
    at: string;
    actor: string;
    action: "replay" | "discard" | "resume";
    messages: number | null;
    reason?: "empty" | "too_large" | "not_json" | "not_an_envelope" | "missing_field" | "wrong_type" | "time_without_offset" | "foreign_source" | "unknown_version" | "id_conflict" | "number_taken" | "unknown_orgunit" | "cannot_be_stored" | "handler_failed" | "dead_lettered";
    ids?: Array<string>;
    per_second?: number;
    why?: string;
    invalid_in_a_row?: Record<string, number>;
    queue?: string;
    period?: string;
    revision?: number;
    event?: string;
  }>>;
  /**
   * The unresolved dead letters by reason: how many, since when, and how many are retried.
   * Raises DeadlineExceeded, ValidationFailed.
   */
  dead_letter_groups(given?: {}, options?: CallOptions): Promise<Array<{
    reason: "empty" | "too_large" | "not_json" | "not_an_envelope" | "missing_field" | "wrong_type" | "time_without_offset" | "foreign_source" | "unknown_version" | "id_conflict" | "number_taken" | "unknown_orgunit" | "cannot_be_stored" | "handler_failed" | "dead_lettered";
    messages: number;
    waiting: number;
    first_seen: string;
    last_seen: string;
  }>>;
  /**
   * The unresolved dead letters, newest first, without their bodies. Raises DeadlineExceeded,
   * ValidationFailed.
   */
  dead_letters(given?: {
    limit?: number;
    reason?: "empty" | "too_large" | "not_json" | "not_an_envelope" | "missing_field" | "wrong_type" | "time_without_offset" | "foreign_source" | "unknown_version" | "id_conflict" | "number_taken" | "unknown_orgunit" | "cannot_be_stored" | "handler_failed" | "dead_lettered" | null;
  }, options?: CallOptions): Promise<Array<{
    id: string;
    exchange: string;
    routing_key: string;
    properties: Record<string, string>;
    size: number;
    reason: "empty" | "too_large" | "not_json" | "not_an_envelope" | "missing_field" | "wrong_type" | "time_without_offset" | "foreign_source" | "unknown_version" | "id_conflict" | "number_taken" | "unknown_orgunit" | "cannot_be_stored" | "handler_failed" | "dead_lettered";
    detail: string;
    orgunit: string | null;
    state: "waiting" | "parked" | "resolved" | "discarded";
    first_seen: string;
    last_seen: string;
    seen: number;
    attempts: number;
    next_try: string | null;
    replay?: string;
    resolved?: string;
    audit: Array<{
      at: string;
      actor: string;
      action: "replay" | "discard";
      why?: string;
      command_id: string;
    }>;
  }>>;
  /**
   * Give dead letters up; they are kept with their bodies, and can be replayed by id. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  discard_dead_letters(given: {
    reason?: "empty" | "too_large" | "not_json" | "not_an_envelope" | "missing_field" | "wrong_type" | "time_without_offset" | "foreign_source" | "unknown_version" | "id_conflict" | "number_taken" | "unknown_orgunit" | "cannot_be_stored" | "handler_failed" | "dead_lettered";
    ids?: Array<string>;
    why: string;
  } & CommandParts, options?: CallOptions): Promise<{
    messages: number;
  }>;
  /**
   * Remove messages that came back too often for good. Raises Conflict, DeadlineExceeded,
   * Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  discard_undelivered(given: {
    queue: string;
    limit?: number;
    why: string;
  } & CommandParts, options?: CallOptions): Promise<{
    messages: number;
  }>;
  /**
   * The events of the service's log above number `after`, and the log's last number. Raises
   * DeadlineExceeded, ValidationFailed.
   */
  events(given: {
    after: number;
    limit?: number;
  }, options?: CallOptions): Promise<{
    events: Array<{
      specversion: "1.0";
      id: string;
      source: string;
      type: string;
      subject: string;
      time: string;
      timeprecision: "second" | "part_of_day" | "day" | "week";
      recordedtime: string;
      orgunit: string;
      subjectsequence: number;
      sourcesequence: number;
      correlationid: string;
      causationid: string;
      confirmed?: string;
      traceparent?: string;
      dataschema: string;
      datacontenttype: "application/json";
      data: Record<string, unknown>;
    }>;
    last: number;
  }>;
  /**
   * The service's health: whether it works, is behind or is stalled, its dead letters, its use
   * of storage, its version. Raises DeadlineExceeded, ValidationFailed.
   */
  health(given?: {}, options?: CallOptions): Promise<{
    service: string;
    status: "ready" | "starting" | "degraded";
    checks: {
      broker: boolean;
      database: boolean;
      registry: boolean;
      inbox: boolean;
      line: boolean;
      progress: boolean;
      clock: boolean;
    };
    problems?: Array<{
      code: string;
      detail: string;
    }>;
    following?: Array<{
      source: string;
      compared: string | null;
      missing: number;
      repaired: {
        at: string;
        number: number;
        names: Array<string>;
      } | null;
      ahead: Array<string>;
    }>;
    lag: {
      inbox: number | null;
      outbox: number | null;
      retries: number | null;
    };
    progress: {
      inbox: {
        state: "idle" | "moving" | "stalled";
        since: string;
      };
      outbox: {
        state: "idle" | "moving" | "stalled";
        since: string;
      };
    };
    line: {
      invalid_in_a_row: Record<string, number>;
      limit: number;
    };
    parked: number | null;
    pending: number | null;
    log_last: number | null;
    orgunits: number | null;
    storage: {
      own: number;
      disk_used: number;
      disk_total: number;
    } | null;
    incarnation?: number | null;
    version: string;
    instance: string;
  }>;
  /**
   * Retry dead letters, the oldest first, `per_second` of them each second. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  replay_dead_letters(given?: {
    reason?: "empty" | "too_large" | "not_json" | "not_an_envelope" | "missing_field" | "wrong_type" | "time_without_offset" | "foreign_source" | "unknown_version" | "id_conflict" | "number_taken" | "unknown_orgunit" | "cannot_be_stored" | "handler_failed" | "dead_lettered";
    ids?: Array<string>;
    per_second?: number;
    limit?: number;
  } & CommandParts, options?: CallOptions): Promise<{
    messages: number;
  }>;
  /**
   * How many messages of a replay still wait, are resolved, or failed again. Raises
   * DeadlineExceeded, NotFound, ValidationFailed.
   */
  replay_progress(given: {
    id: string;
  }, options?: CallOptions): Promise<{
    waiting: number;
    resolved: number;
    parked_again: Record<string, number>;
  }>;
  /**
   * A unit reports that it has nothing to report for the week, which is not silence. Raises
   * Conflict where it has reported something. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, Unavailable, ValidationFailed.
   */
  report_nil(given: {
    orgunit: string;
    period: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "reported" | "withdrawn";
  }>;
  /**
   * Publish up to `limit` events of the log above number `after` again: `last` is the number of
   * the last one, `of` the log's last number. After the broker has lost messages, subscribers
   * get the missing events; events that they have already have no second effect. Raises
   * DeadlineExceeded, ValidationFailed.
   */
  republish(given: {
    after: number;
    limit?: number;
  }, options?: CallOptions): Promise<{
    last: number;
    of: number;
  }>;
  /**
   * Close the circuit breaker: take messages again after too many invalid ones in a row. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, Unavailable, ValidationFailed.
   */
  resume_inbox(given?: {} & CommandParts, options?: CallOptions): Promise<{
    messages: number;
  }>;
  /**
   * Return messages that came back too often to the queue that they came from. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  return_undelivered(given: {
    queue: string;
    limit?: number;
  } & CommandParts, options?: CallOptions): Promise<{
    messages: number;
  }>;
  /**
   * Seal a week: number all pending events, and publish counts and digest of the events of the
   * week. Without new events the present seal stands. Raises Conflict, DeadlineExceeded,
   * Forbidden, NeedsConfirmation, Unavailable, ValidationFailed.
   */
  seal_period(given: {
    period: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
  }>;
  /**
   * The number of events of each type in the service's log that happened in the week. Raises
   * DeadlineExceeded, ValidationFailed.
   */
  tally(given: {
    period: string;
  }, options?: CallOptions): Promise<{
    period: string;
    events: Record<string, number>;
  }>;
  /**
   * The queues of messages that came back too often, each with its first `limit` messages,
   * without their content. Raises DeadlineExceeded, ValidationFailed.
   */
  undelivered(given?: {
    limit?: number;
  }, options?: CallOptions): Promise<Array<{
    queue: string;
    messages: number;
    entries: Array<{
      source: string | null;
      routing_key: string;
      size: number;
      time: string | null;
    }>;
  }>>;
  /**
   * A unit withdraws its nil report. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, Unavailable, ValidationFailed.
   */
  withdraw_nil(given: {
    orgunit: string;
    period: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "reported" | "withdrawn";
  }>;
}

export interface Clinics extends Common {
  /**
   * The clinic will not take place. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  cancel_clinic(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "planned" | "filed" | "held" | "tallied" | "postponed" | "cancelled";
  }>;
  /**
   * A clinic as its last event reported it. Raises DeadlineExceeded, NotFound,
   * ValidationFailed.
   */
  clinic(given: {
    id: string;
  }, options?: CallOptions): Promise<{
    status: "planned" | "filed" | "held" | "tallied" | "postponed" | "cancelled";
    venue: string;
    planned_for: string;
    first_planned_for: string;
    held_on?: string | null;
    institutions: Quantity;
    departments: Quantity;
    staff: Quantity;
    hours: Quantity;
    consultations: Quantity;
    prescriptions: Quantity;
    leaflets: Quantity;
    named_institutions: Array<string>;
    named_departments: Array<string>;
    services: Array<"diagnosis" | "blood_pressure" | "blood_glucose" | "consultation" | "free_medicine" | "health_leaflets">;
    next_steps: Array<string>;
    warnings: Array<"prescriptions_exceed_consultations" | "fewer_staff_than_institutions" | "more_named_than_stated">;
    activity_key?: string | null;
    reason?: string | null;
    id: string;
    orgunit: string;
    version: number;
  }>;
  /**
   * Correct a report: a figure left out stays as it was; `time` is when it was held. Or
   * withdraw it: the clinic was not held. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  correct_clinic(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    institutions?: Quantity;
    departments?: Quantity;
    staff?: Quantity;
    hours?: Quantity;
    consultations?: Quantity;
    prescriptions?: Quantity;
    leaflets?: Quantity;
    named_institutions?: Array<string>;
    named_departments?: Array<string>;
    services?: Array<"diagnosis" | "blood_pressure" | "blood_glucose" | "consultation" | "free_medicine" | "health_leaflets">;
    next_steps?: Array<string>;
    reason: string;
    orgunit?: string | null;
    withdrawn?: boolean;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "planned" | "filed" | "held" | "tallied" | "postponed" | "cancelled";
  }>;
  /**
   * The clinic is filed with the health authority. Raises Conflict, DeadlineExceeded,
   * Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  file_clinic(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "planned" | "filed" | "held" | "tallied" | "postponed" | "cancelled";
  }>;
  /**
   * The clinic took place at `time`. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  hold_clinic(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    institutions?: Quantity;
    departments?: Quantity;
    staff?: Quantity;
    hours?: Quantity;
    consultations?: Quantity;
    prescriptions?: Quantity;
    leaflets?: Quantity;
    named_institutions?: Array<string>;
    named_departments?: Array<string>;
    services?: Array<"diagnosis" | "blood_pressure" | "blood_glucose" | "consultation" | "free_medicine" | "health_leaflets">;
    next_steps?: Array<string>;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "planned" | "filed" | "held" | "tallied" | "postponed" | "cancelled";
  }>;
  /**
   * A clinic is announced for a day. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, Unavailable, ValidationFailed.
   */
  plan_clinic(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    venue: string;
    planned_for: string;
    activity_key?: string | null;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "planned" | "filed" | "held" | "tallied" | "postponed" | "cancelled";
  }>;
  /**
   * Move the clinic to another day; the first one stays on record. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  postpone_clinic(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
    planned_for: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "planned" | "filed" | "held" | "tallied" | "postponed" | "cancelled";
  }>;
  /**
   * The figures of a clinic that was held at `time`. Raises Conflict, DeadlineExceeded,
   * Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  tally_clinic(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    institutions?: Quantity;
    departments?: Quantity;
    staff?: Quantity;
    hours?: Quantity;
    consultations?: Quantity;
    prescriptions?: Quantity;
    leaflets?: Quantity;
    named_institutions?: Array<string>;
    named_departments?: Array<string>;
    services?: Array<"diagnosis" | "blood_pressure" | "blood_glucose" | "consultation" | "free_medicine" | "health_leaflets">;
    next_steps?: Array<string>;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "planned" | "filed" | "held" | "tallied" | "postponed" | "cancelled";
  }>;
}

export interface Jobfairs extends Common {
  /**
   * An employer signs up with its postings, once for each registration number. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  add_employer(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    name: string;
    registration_number: string;
    postings?: Array<{
      job: string;
      openings: Quantity;
    }>;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "planned" | "registration_open" | "ready" | "held" | "reconciled" | "closed" | "postponed" | "cancelled";
  }>;
  /**
   * The fair will not take place. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  cancel_fair(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "planned" | "registration_open" | "ready" | "held" | "reconciled" | "closed" | "postponed" | "cancelled";
  }>;
  /**
   * Nothing more is expected of a reconciled fair; `time` is when it was held. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  close_fair(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "planned" | "registration_open" | "ready" | "held" | "reconciled" | "closed" | "postponed" | "cancelled";
  }>;
  /**
   * Correct a report: a figure left out stays as it was; `time` is when it was held. Or
   * withdraw it: the fair was not held. Raises Conflict while hires rest on it. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  correct_fair(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    employers?: Quantity;
    vacancies?: Quantity;
    seekers?: Quantity;
    consultations?: Quantity;
    intents?: Quantity;
    named_employers?: Array<string>;
    postings?: Array<{
      employer: string;
      job: string;
      openings: Quantity;
    }>;
    services?: Array<"questions_answered" | "employment_assistance" | "career_guidance">;
    reason: string;
    orgunit?: string | null;
    withdrawn?: boolean;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "planned" | "registration_open" | "ready" | "held" | "reconciled" | "closed" | "postponed" | "cancelled";
  }>;
  /**
   * Correct how many were hired, where and when, or withdraw the record. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  correct_hires(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
    hires?: Quantity | null;
    orgunit?: string | null;
    withdrawn?: boolean;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "recorded" | "withdrawn";
  }>;
  /**
   * A fair as its last event reported it. Raises DeadlineExceeded, NotFound, ValidationFailed.
   */
  fair(given: {
    id: string;
  }, options?: CallOptions): Promise<{
    status: "planned" | "registration_open" | "ready" | "held" | "reconciled" | "closed" | "postponed" | "cancelled";
    venue: string;
    theme: Words | null;
    audience: Words | null;
    planned_for: string;
    first_planned_for: string;
    held_on: string | null;
    employers: Quantity;
    vacancies: Quantity;
    seekers: Quantity;
    consultations: Quantity;
    intents: Quantity;
    named_employers: Array<string>;
    postings: Array<{
      employer: string;
      job: string;
      openings: Quantity;
    }>;
    services: Array<"questions_answered" | "employment_assistance" | "career_guidance">;
    capacity: number | null;
    activity_key: string | null;
    warnings: Array<"more_named_than_stated" | "postings_exceed_vacancies" | "more_intents_than_seekers">;
    reason: string | null;
    id: string;
    orgunit: string;
    version: number;
  }>;
  /**
   * The fair took place at `time`. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  hold_fair(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    employers?: Quantity;
    vacancies?: Quantity;
    seekers?: Quantity;
    consultations?: Quantity;
    intents?: Quantity;
    named_employers?: Array<string>;
    postings?: Array<{
      employer: string;
      job: string;
      openings: Quantity;
    }>;
    services?: Array<"questions_answered" | "employment_assistance" | "career_guidance">;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "planned" | "registration_open" | "ready" | "held" | "reconciled" | "closed" | "postponed" | "cancelled";
  }>;
  /**
   * Employers and job seekers may sign up. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  open_registration(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "planned" | "registration_open" | "ready" | "held" | "reconciled" | "closed" | "postponed" | "cancelled";
  }>;
  /**
   * A fair is announced for a day. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, Unavailable, ValidationFailed.
   */
  plan_fair(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    venue: string;
    planned_for: string;
    theme?: Words;
    audience?: Words;
    capacity?: number | null;
    activity_key?: string | null;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "planned" | "registration_open" | "ready" | "held" | "reconciled" | "closed" | "postponed" | "cancelled";
  }>;
  /**
   * Move the fair to another day; the first one stays on record. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  postpone_fair(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
    planned_for: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "planned" | "registration_open" | "ready" | "held" | "reconciled" | "closed" | "postponed" | "cancelled";
  }>;
  /**
   * Everything is prepared. Raises Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation,
   * NotFound, Unavailable, ValidationFailed.
   */
  ready_fair(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "planned" | "registration_open" | "ready" | "held" | "reconciled" | "closed" | "postponed" | "cancelled";
  }>;
  /**
   * The agreed figures of a fair that was held at `time`. Raises Conflict, DeadlineExceeded,
   * Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  reconcile_fair(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    employers?: Quantity;
    vacancies?: Quantity;
    seekers?: Quantity;
    consultations?: Quantity;
    intents?: Quantity;
    named_employers?: Array<string>;
    postings?: Array<{
      employer: string;
      job: string;
      openings: Quantity;
    }>;
    services?: Array<"questions_answered" | "employment_assistance" | "career_guidance">;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "planned" | "registration_open" | "ready" | "held" | "reconciled" | "closed" | "postponed" | "cancelled";
  }>;
  /**
   * People were hired, at a fair or later. Raises NotFound for an unknown fair, Conflict for
   * one that was not held, ValidationFailed for hires before it or in another unit. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  record_hires(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    hires: Quantity;
    fair?: string | null;
    employer?: string | null;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "recorded" | "withdrawn";
  }>;
}

export interface Relief extends Common {
  /**
   * Ask volunteering for helpers with the delivery: pending until it has answered. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  ask_helpers(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    wanted: number;
    planned_for: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "raised" | "claimed" | "delivered" | "confirmed" | "rated" | "rejected" | "withdrawn";
    due?: string;
    due_awaits_notice?: number | null;
    promise?: Words;
  }>;
  /**
   * A department claims items: the named ones, or every free item when none is named. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  claim_items(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    department: string;
    items?: Array<string>;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "raised" | "claimed" | "delivered" | "confirmed" | "rated" | "rejected" | "withdrawn";
    due?: string;
    due_awaits_notice?: number | null;
    promise?: Words;
  }>;
  /**
   * A merchant has closed and leaves the ledger. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  close_merchant(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "registered" | "closed";
  }>;
  /**
   * The resident confirms the delivery: only now the order counts as resolved. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  confirm_order(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "raised" | "claimed" | "delivered" | "confirmed" | "rated" | "rejected" | "withdrawn";
    due?: string;
    due_awaits_notice?: number | null;
    promise?: Words;
  }>;
  /**
   * Correct what was entered of a merchant, or withdraw one that was entered by mistake. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  correct_merchant(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
    orgunit?: string | null;
    withdrawn?: boolean;
    still_standing?: boolean;
    name?: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "registered" | "closed";
  }>;
  /**
   * Correct how an order was raised, or withdraw one that was entered by mistake. What has
   * become of it since stays as it was. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  correct_order(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
    orgunit?: string | null;
    withdrawn?: boolean;
    still_standing?: boolean;
    category?: "daily_necessities" | "temporary_relief" | "cultural_activities" | "near_subsistence" | "left_behind_children";
    channel?: "civil_affairs_office" | "phone" | "visit" | "wechat" | "other";
    items?: Array<string>;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "raised" | "claimed" | "delivered" | "confirmed" | "rated" | "rejected" | "withdrawn";
    due?: string;
    due_awaits_notice?: number | null;
    promise?: Words;
  }>;
  /**
   * An order was claimed, delivered, confirmed and so on at another time than entered. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  correct_order_time(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
    step: "claimed" | "delivered" | "confirmed" | "rated" | "rejected" | "withdrawn";
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "raised" | "claimed" | "delivered" | "confirmed" | "rated" | "rejected" | "withdrawn";
    due?: string;
    due_awaits_notice?: number | null;
    promise?: Words;
  }>;
  /**
   * Correct what was recorded, or withdraw it. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  correct_visits(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
    visits: Quantity;
    orgunit?: string | null;
    withdrawn?: boolean;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
  }>;
  /**
   * The merchants' ledger as a count of a date. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, Unavailable, ValidationFailed.
   */
  declare_stock(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    stock: "merchants";
    level: Quantity;
    reported_by?: string | null;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
  }>;
  /**
   * Everything was brought to the resident. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  deliver_order(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    served_by?: string | null;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "raised" | "claimed" | "delivered" | "confirmed" | "rated" | "rejected" | "withdrawn";
    due?: string;
    due_awaits_notice?: number | null;
    promise?: Words;
  }>;
  /**
   * The resident's personal data and the texts about the resident are deleted from an order,
   * which stays and counts as before. Raises Conflict while the order is open. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  erase_beneficiary(given: {
    id: string;
    ground: "requested" | "consent_withdrawn" | "no_longer_needed" | "kept_too_long" | "unlawful" | "court_or_authority";
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "raised" | "claimed" | "delivered" | "confirmed" | "rated" | "rejected" | "withdrawn";
    due?: string;
    due_awaits_notice?: number | null;
    promise?: Words;
  }>;
  /**
   * The orders whose resident was erased: id, when, by whom, and on what ground. Raises
   * DeadlineExceeded, ValidationFailed.
   */
  erasures(given?: {
    after?: string | null;
    limit?: number | null;
  }, options?: CallOptions): Promise<Array<{
    id: string;
    ground: "requested" | "consent_withdrawn" | "no_longer_needed" | "kept_too_long" | "unlawful" | "court_or_authority";
    actor: string;
    recorded: string;
  }>>;
  /**
   * An order as its last event reported it, without the beneficiary's personal data. Raises
   * DeadlineExceeded, NotFound, ValidationFailed.
   */
  order(given: {
    id: string;
  }, options?: CallOptions): Promise<{
    due: string;
    due_awaits_notice?: number | null;
    promise: Words;
    status: "raised" | "claimed" | "delivered" | "confirmed" | "rated" | "rejected" | "withdrawn";
    category: "daily_necessities" | "temporary_relief" | "cultural_activities" | "near_subsistence" | "left_behind_children";
    channel: "civil_affairs_office" | "phone" | "visit" | "wechat" | "other";
    items: Array<{
      item: string;
      claimed_by?: string | null;
    }>;
    raised_on: string | null;
    delivered_on?: string | null;
    confirmed_on?: string | null;
    age_band?: "0-17" | "18-59" | "60-69" | "70-79" | "80+" | null;
    circumstance?: "household_in_difficulty" | "subsistence_allowance" | "disabled" | "living_alone" | "left_behind_child" | "other" | null;
    rating?: number | null;
    reopened: number;
    served_by?: string | null;
    helpers?: {
      status: "pending" | "arranged" | "refused" | "lapsed";
      wanted: number;
      activity: string | null;
    } | null;
    withdrawn?: boolean;
    erased?: "requested" | "consent_withdrawn" | "no_longer_needed" | "kept_too_long" | "unlawful" | "court_or_authority" | null;
    id: string;
    orgunit: string;
    version: number;
  }>;
  /**
   * Other orders that seem to be of the same resident: with the same phone number, or with the
   * same name and address. Raises DeadlineExceeded, NotFound, ValidationFailed.
   */
  orders_of_same_resident(given: {
    id: string;
  }, options?: CallOptions): Promise<Array<{
    id: string;
    orgunit: string;
    status: "raised" | "claimed" | "delivered" | "confirmed" | "rated" | "rejected" | "withdrawn";
    same: Array<"phone" | "name_and_address">;
  }>>;
  /**
   * A resident's need is entered. Its category decides the due date, which the answer gives in
   * words for the resident. Raises Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation,
   * Unavailable, ValidationFailed.
   */
  raise_order(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    category: "daily_necessities" | "temporary_relief" | "cultural_activities" | "near_subsistence" | "left_behind_children";
    channel: "civil_affairs_office" | "phone" | "visit" | "wechat" | "other";
    items: Array<string>;
    beneficiary?: {
      name?: string;
      phone?: string;
      address?: string;
      age?: number;
      circumstance?: "household_in_difficulty" | "subsistence_allowance" | "disabled" | "living_alone" | "left_behind_child" | "other";
    };
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "raised" | "claimed" | "delivered" | "confirmed" | "rated" | "rejected" | "withdrawn";
    due?: string;
    due_awaits_notice?: number | null;
    promise?: Words;
  }>;
  /**
   * The resident rates a confirmed order, 1 to 5. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  rate_order(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    rating: number;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "raised" | "claimed" | "delivered" | "confirmed" | "rated" | "rejected" | "withdrawn";
    due?: string;
    due_awaits_notice?: number | null;
    promise?: Words;
  }>;
  /**
   * A round of visits to households or merchants. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, Unavailable, ValidationFailed.
   */
  record_visits(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    kind: "household" | "merchant";
    what?: Words | null;
    visits: Quantity;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
  }>;
  /**
   * A merchant joins the ledger. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, Unavailable, ValidationFailed.
   */
  register_merchant(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    name: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "registered" | "closed";
  }>;
  /**
   * The order is outside this programme. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  reject_order(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "raised" | "claimed" | "delivered" | "confirmed" | "rated" | "rejected" | "withdrawn";
    due?: string;
    due_awaits_notice?: number | null;
    promise?: Words;
  }>;
  /**
   * A department gives back the items that it claimed. Raises Conflict, DeadlineExceeded,
   * Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  release_items(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    department: string;
    reason: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "raised" | "claimed" | "delivered" | "confirmed" | "rated" | "rejected" | "withdrawn";
    due?: string;
    due_awaits_notice?: number | null;
    promise?: Words;
  }>;
  /**
   * The resident reports that the need is not met. Raises Conflict, DeadlineExceeded,
   * Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  reopen_order(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "raised" | "claimed" | "delivered" | "confirmed" | "rated" | "rejected" | "withdrawn";
    due?: string;
    due_awaits_notice?: number | null;
    promise?: Words;
  }>;
  /**
   * The resident takes the order back. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  withdraw_order(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "raised" | "claimed" | "delivered" | "confirmed" | "rated" | "rejected" | "withdrawn";
    due?: string;
    due_awaits_notice?: number | null;
    promise?: Words;
  }>;
  /**
   * A stock was declared by mistake: it counts in no week. Raises Conflict, DeadlineExceeded,
   * Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  withdraw_stock(given: {
    id: string;
    reason: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
  }>;
}

export interface Supervision extends Omit<Common, "health"> {
  /**
   * A report consumer is known from now on. The broker has to be told, by an operator's
   * command: this service may not make users or queues. Raises Conflict, DeadlineExceeded,
   * Forbidden, NeedsConfirmation, Unavailable, ValidationFailed.
   */
  add_subscriber(given: {
    name: string;
    password_hash: string;
    reports?: "internal" | "public" | null;
    events?: Array<string>;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "active" | "removed";
  }>;
  /**
   * The calendar notice of a year is there. One that contradicts what is known of the year is
   * refused, unless it is a correction. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, Unavailable, ValidationFailed.
   */
  announce_calendar(given: {
    year: number;
    holidays: Array<{
      name: string;
      first: string;
      last: string;
    }>;
    working: Array<string>;
    document?: string | null;
    correct?: boolean;
    reason?: string | null;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
  }>;
  /**
   * The next key is known before it is used. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, Unavailable, ValidationFailed.
   */
  announce_key(given: {
    public_key: string;
    used_from: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "announced" | "retired";
  }>;
  /**
   * The units got their scores on the day of `time`: the appeal window begins with it. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, Unavailable, ValidationFailed.
   */
  announce_scores(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    period: string;
    reason?: string | null;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
  }>;
  /**
   * Another person than who lodged it answers an appeal. One that was lodged after the window
   * can't be upheld. Raises Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound,
   * Unavailable, ValidationFailed.
   */
  answer_appeal(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    outcome: "upheld" | "rejected" | "corrected";
    answer: Words;
    points?: string | null;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "open" | "upheld" | "rejected" | "corrected";
  }>;
  /**
   * A unit appeals against its points by a criterion. An appeal after the window is recorded
   * too, and can't change the points. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, Unavailable, ValidationFailed.
   */
  appeal(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    period: string;
    criterion: string;
    grounds: Words;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "open" | "upheld" | "rejected" | "corrected";
  }>;
  /**
   * A person approves the draft that was read: the one with this digest. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  approve_briefing(given: {
    period: string;
    content_digest: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "draft" | "approved" | "published";
  }>;
  /**
   * Another person approves that the unit isn't assessed. Raises Conflict, DeadlineExceeded,
   * Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  approve_exclusion(given: {
    orgunit: string;
    period: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "proposed" | "approved" | "withdrawn";
  }>;
  /**
   * The ids of the events in a line of a unit's sheet. Raises Conflict, DeadlineExceeded,
   * NotFound, ValidationFailed.
   */
  assessment_evidence(given: {
    period: string;
    orgunit: string;
    revision?: number | null;
    criterion: string;
    after?: number;
    limit?: number;
  }, options?: CallOptions): Promise<{
    period: string;
    revision: number;
    status: string;
    rubric: string;
    orgunit: string;
    criterion: string;
    figures: Array<{
      source: string;
      value: string | null;
      qualifier: "exact" | "over" | "about" | "at_most" | "not_stated";
      unit: "person" | "person_time" | "household" | "visit" | "merchant" | "order" | "item" | "clinic" | "institution" | "department" | "prescription" | "leaflet" | "fair" | "employer" | "vacancy" | "station" | "category" | "team" | "activity" | "gathering" | "finding" | "milestone" | "action" | "orgunit" | "day" | "hour";
      events: number;
      digest: string;
      ids: Array<string>;
    }>;
    observations: Array<Array<string>>;
    appeals: Array<Array<string>>;
  }>;
  /**
   * What people have said for the assessment of a half-year, and which rubric is in force.
   * Raises DeadlineExceeded, ValidationFailed.
   */
  assessment_inputs(given: {
    period: string;
  }, options?: CallOptions): Promise<{
    period: string;
    rubric: string;
    announced_on: string | null;
    last_day_of_appeals: string | null;
    observations: Array<{
      status: "recorded" | "withdrawn";
      period: string;
      criterion: string;
      score: string;
      observers: Array<string>;
      occasion: Words;
      observed_on: string;
      reason: string | null;
      id: string;
      orgunit: string;
      version: number;
    }>;
    figures: Array<{
      period: string;
      figure: string;
      quantity: Quantity;
      source: Words;
      declared_by: string;
      id: string;
      orgunit: string;
      version: number;
    }>;
    exclusions: Array<{
      status: "proposed" | "approved" | "withdrawn";
      period: string;
      reason: Words;
      proposed_by: string;
      approved_by: string | null;
      approved_on: string | null;
      id: string;
      orgunit: string;
      version: number;
    }>;
    appeals: Array<{
      status: "open" | "upheld" | "rejected" | "corrected";
      period: string;
      criterion: string;
      lodged_by: string;
      lodged_on: string;
      grounds: Words;
      answered_by: string | null;
      answered_on: string | null;
      answer: Words | null;
      points: string | null;
      id: string;
      orgunit: string;
      version: number;
    }>;
  }>;
  /**
   * Why a unit has its score in an issue, or in the draft of one. Raises Conflict,
   * DeadlineExceeded, NotFound, ValidationFailed.
   */
  assessment_sheet(given: {
    period: string;
    orgunit: string;
    revision?: number | null;
  }, options?: CallOptions): Promise<{
    period: string;
    revision: number;
    status: string;
    rubric: string;
    row: Record<string, unknown>;
    sheet: Record<string, unknown>;
    criteria: Array<Record<string, unknown>>;
  }>;
  /**
   * Somebody has to do something by a day. The briefing lists it every week until it is closed.
   * Raises Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  assign_action(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    what: Words;
    responsible: string;
    due: string;
    group?: string | null;
    meeting?: string | null;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "assigned" | "done" | "dropped";
  }>;
  /**
   * The report of a period in one form and language. Raises Conflict, DeadlineExceeded,
   * NotFound, ValidationFailed.
   */
  briefing(given: {
    period: string;
    revision?: number | null;
    edition?: "internal" | "public";
    format?: "json" | "text" | "html";
    lang?: "zh" | "en";
  }, options?: CallOptions): Promise<string>;
  /**
   * The calendar notices that were entered, with the version of each. What the release knows by
   * itself isn't listed. Raises DeadlineExceeded, ValidationFailed.
   */
  calendar(given?: {}, options?: CallOptions): Promise<Array<{
    state: {
      year: number;
      holidays: Array<{
        name: string;
        first: string;
        last: string;
      }>;
      working: Array<string>;
      document: string | null;
      reason: string | null;
    };
    version: number;
  }>>;
  /**
   * The action was not done in time and gets a later day. The first day stays on record. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  carry_action(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    due: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "assigned" | "done" | "dropped";
  }>;
  /**
   * A group gets other responsible people, members or duties. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  change_group(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    name?: Words;
    responsible_unit?: string | null;
    responsible_person?: string | null;
    member_units?: Array<string>;
    duties?: Array<Words>;
    staff?: Words | null;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "formed" | "dissolved";
  }>;
  /**
   * Rename a unit from now on. Earlier reports keep the old name. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  change_orgunit(given: {
    code: string;
    name: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
  }>;
  /**
   * A nominee is chosen, by another person than who nominated it. Raises Conflict where as many
   * are chosen as the rules allow; Forbidden for who nominated it, and for a service. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  choose_nominee(given: {
    id: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "nominated" | "chosen" | "passed_over";
  }>;
  /**
   * The action is done or dropped. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  close_action(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    outcome?: Words | null;
    dropped?: boolean;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "assigned" | "done" | "dropped";
  }>;
  /**
   * Re-inspected and in order. Raises Forbidden for the actor who rectified it. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  close_finding(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "reported" | "dispatched" | "rectified" | "closed" | "on_account" | "duplicate" | "withdrawn";
  }>;
  /**
   * A reviewer remarks on a part of the draft. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  comment_briefing(given: {
    period: string;
    part?: "masthead" | "completeness" | "points" | "table" | "waiting" | "sections" | "groups" | "league" | "follow_up" | "actions" | "late" | "notes" | "annex" | "planned" | "assessment" | "commendation" | null;
    text: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "in_review";
  }>;
  /**
   * Whether a copy of the registry is up to date: the versions of all units where it isn't.
   * Raises DeadlineExceeded, ValidationFailed.
   */
  compare_registry(given: {
    digest: string;
  }, options?: CallOptions): Promise<{
    digest: string;
    versions: Record<string, number> | null;
  }>;
  /**
   * What a draft rubric would change in the scores of a half-year. Raises DeadlineExceeded,
   * ValidationFailed.
   */
  compare_rubrics(given: {
    period: string;
    rubric: string;
  }, options?: CallOptions): Promise<{
    period: Array<string>;
    rubric: Array<{
      version: string;
      standing: string;
      digest: string;
    }>;
    units: Array<{
      orgunit: string;
      unit: string;
      group: Array<string | null>;
      score: Array<string | null>;
      rank: Array<number | null>;
      score_change: string | null;
      rank_change: number | null;
      lines: Array<{
        criterion: string;
        points: Array<string | null>;
        change: string | null;
      }>;
    }>;
  }>;
  /**
   * Correct how an action was assigned, or withdraw one that was entered by mistake. Raises
   * NotFound for an unknown group or meeting. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  correct_action(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
    orgunit?: string | null;
    withdrawn?: boolean;
    still_standing?: boolean;
    what?: Words;
    responsible?: string;
    due?: string;
    group?: string | null;
    meeting?: string | null;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "assigned" | "done" | "dropped";
  }>;
  /**
   * Correct or withdraw what was reported. `time` is when it was reported. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  correct_finding(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
    kind?: "safety" | "facility" | "sanitation" | "food" | "other";
    what?: Words;
    asset?: string | null;
    orgunit?: string | null;
    duplicate?: boolean;
    withdrawn?: boolean;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "reported" | "dispatched" | "rectified" | "closed" | "on_account" | "duplicate" | "withdrawn";
  }>;
  /**
   * Correct what was recorded of a meeting, or withdraw it. Raises NotFound for an unknown
   * group, Conflict while actions rest on a meeting that would be no more. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  correct_meeting(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
    orgunit?: string | null;
    withdrawn?: boolean;
    kind?: "office" | "leading_group" | "observation";
    heard?: Array<string>;
    summary?: Words | null;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
  }>;
  /**
   * Correct what was recorded of a milestone. For one that is done, `time` is when it was
   * reached. Raises Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound,
   * Unavailable, ValidationFailed.
   */
  correct_milestone(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
    status?: "planned" | "in_progress" | "done" | "dropped";
    what?: Words;
    count?: number | null;
    target?: string | null;
    orgunit?: string | null;
    withdrawn?: boolean;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "planned" | "in_progress" | "done" | "dropped";
  }>;
  /**
   * Correct or withdraw what was recorded of an observation. `time` is when it took place.
   * Raises Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  correct_observation(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
    orgunit?: string | null;
    withdrawn?: boolean;
    criterion?: string;
    score?: string;
    observers?: Array<string>;
    occasion?: Words;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "recorded" | "withdrawn";
  }>;
  /**
   * Put a mistake in the registry right: name, dates, successor, or a wrong retirement. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  correct_orgunit(given: {
    code: string;
    name?: string;
    valid_from?: string | null;
    valid_to?: string | null;
    successor?: string | null;
    split_from?: string | null;
    retired?: boolean;
    reason: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
  }>;
  /**
   * Correct or withdraw what was recorded of a patrol. `time` is when it took place. Raises
   * Conflict while findings rest on a patrol that would be no more. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  correct_patrol(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
    findings?: Quantity | null;
    orgunit?: string | null;
    withdrawn?: boolean;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "recorded" | "withdrawn";
  }>;
  /**
   * Correct or withdraw a platform. Raises Conflict while milestones rest on one that would be
   * no more. Raises Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound,
   * Unavailable, ValidationFailed.
   */
  correct_platform(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
    orgunit?: string | null;
    withdrawn?: boolean;
    name?: Words;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
  }>;
  /**
   * Correct or withdraw a group's report of a week. Raises Conflict, DeadlineExceeded,
   * Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  correct_progress(given: {
    id: string;
    reason: string;
    done?: Words | null;
    planned?: Words | null;
    problems?: Words | null;
    nil?: boolean;
    withdrawn?: boolean;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "recorded" | "withdrawn";
  }>;
  /**
   * Put a mistake in the last term of office right. Published issues stay as they are. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  correct_staff(given: {
    code: string;
    name?: Words;
    office?: Words;
    valid_from?: string;
    valid_to?: string | null;
    reason: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
  }>;
  /**
   * State a figure of a unit that the rubric declares itself, and where it comes from. Stated
   * again, it replaces the one before. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, Unavailable, ValidationFailed.
   */
  declare_figure(given: {
    orgunit: string;
    period: string;
    figure: string;
    quantity: Quantity;
    source: Words;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
  }>;
  /**
   * Give up the draft of an issue or of a revision, approved or not, with a reason. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  discard_briefing(given: {
    period: string;
    reason: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "discarded";
  }>;
  /**
   * Somebody is made responsible for rectifying it by a day. Raises Conflict, DeadlineExceeded,
   * Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  dispatch_finding(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    responsible: string;
    due: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "reported" | "dispatched" | "rectified" | "closed" | "on_account" | "duplicate" | "withdrawn";
  }>;
  /**
   * The group is dissolved. Raises Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation,
   * NotFound, Unavailable, ValidationFailed.
   */
  dissolve_group(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "formed" | "dissolved";
  }>;
  /**
   * Draft the report of a period from everything known now. Raises Conflict, DeadlineExceeded,
   * Forbidden, NeedsConfirmation, Unavailable, ValidationFailed.
   */
  draft_briefing(given: {
    period: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "draft" | "approved" | "published";
  }>;
  /**
   * The unit will not do what it had announced. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  drop_commitment(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "open" | "kept" | "dropped";
  }>;
  /**
   * A person puts main points of the draft in other words; numbers stay as they are. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  edit_points(given: {
    period: string;
    content_digest: string;
    points: Array<{
      point: number;
      words: Words;
    }>;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "draft";
  }>;
  /**
   * A person leaves the office. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  end_staff(given: {
    code: string;
    valid_to: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
  }>;
  /**
   * A person proposes that a unit isn't assessed. It counts once another person has approved
   * it. Raises Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, Unavailable,
   * ValidationFailed.
   */
  exclude_from_assessment(given: {
    orgunit: string;
    period: string;
    reason: Words;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "proposed" | "approved" | "withdrawn";
  }>;
  /**
   * A unit need not report for some weeks, which may lie ahead. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, Unavailable, ValidationFailed.
   */
  exempt_reporter(given: {
    orgunit: string;
    services: Array<"volunteering" | "relief" | "clinics" | "jobfairs" | "supervision">;
    first: string;
    last?: string | null;
    reason: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "exempt" | "readmitted";
  }>;
  /**
   * The events in a figure, and the events left out, with the reason. Raises Conflict,
   * DeadlineExceeded, NotFound, ValidationFailed.
   */
  explain(given: {
    period: string;
    revision?: number | null;
    indicator: string;
    orgunit?: string | null;
  }, options?: CallOptions): Promise<{
    period: string;
    indicator: string;
    orgunit: string;
    included: Array<{
      id: string;
      type: string;
      subject: string;
      subjectsequence: number;
      source: string;
      sourcesequence: number;
      orgunit: string;
      time: string;
      timeprecision: "second" | "part_of_day" | "day" | "week";
      recordedtime: string;
      confirmed?: string;
      value: Words;
    }>;
    left_out: Array<{
      id: string;
      type: string;
      subject: string;
      subjectsequence: number;
      source: string;
      sourcesequence: number;
      orgunit: string;
      time: string;
      timeprecision: "second" | "part_of_day" | "day" | "week";
      recordedtime: string;
      confirmed?: string;
      reason: string;
    }>;
  }>;
  /**
   * A group of the programme is formed. Its code identifies it. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, Unavailable, ValidationFailed.
   */
  form_group(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    kind: "leading" | "office" | "functional" | "special";
    code: string;
    name: Words;
    responsible_unit?: string | null;
    responsible_person?: string | null;
    member_units?: Array<string>;
    duties?: Array<Words>;
    staff?: Words | null;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "formed" | "dissolved";
  }>;
  /**
   * The office forms the team that the rule has proposed. Raises Conflict, DeadlineExceeded,
   * Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  form_patrol_team(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "proposed" | "formed" | "stood_down";
  }>;
  /**
   * What the groups reported of a week. Raises DeadlineExceeded, ValidationFailed.
   */
  group_reports(given: {
    after?: string | null;
    limit?: number | null;
    period: string;
  }, options?: CallOptions): Promise<Array<{
    status: "recorded" | "withdrawn";
    group: string;
    period: string;
    nil: boolean;
    done: Words | null;
    planned: Words | null;
    problems: Words | null;
    reason: string | null;
    id: string;
    orgunit: string;
    version: number;
  }>>;
  /**
   * The service's health: whether it works, is behind or is stalled, its dead letters, its use
   * of storage, its version. Raises DeadlineExceeded, ValidationFailed.
   */
  health(given?: {}, options?: CallOptions): Promise<{
    service: string;
    status: "ready" | "starting" | "degraded";
    checks: {
      broker: boolean;
      database: boolean;
      registry: boolean;
      inbox: boolean;
      line: boolean;
      progress: boolean;
      clock: boolean;
    };
    problems?: Array<{
      code: string;
      detail: string;
    }>;
    following?: Array<{
      source: string;
      compared: string | null;
      missing: number;
      repaired: {
        at: string;
        number: number;
        names: Array<string>;
      } | null;
      ahead: Array<string>;
    }>;
    lag: {
      inbox: number | null;
      outbox: number | null;
      retries: number | null;
      figures: number | null;
    };
    progress: {
      inbox: {
        state: "idle" | "moving" | "stalled";
        since: string;
      };
      outbox: {
        state: "idle" | "moving" | "stalled";
        since: string;
      };
      figures: {
        state: "idle" | "moving" | "stalled";
        since: string;
      };
    };
    line: {
      invalid_in_a_row: Record<string, number>;
      limit: number;
    };
    parked: number | null;
    pending: number | null;
    log_last: number | null;
    orgunits: number | null;
    storage: {
      own: number;
      disk_used: number;
      disk_total: number;
    } | null;
    incarnation?: number | null;
    version: string;
    instance: string;
    facts: Record<string, number> | null;
    unfolded: number | null;
    first_week: string | null;
  }>;
  /**
   * A meeting took place. Raises NotFound where `heard` names a group that doesn't exist.
   * Raises Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  hold_meeting(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    kind: "office" | "leading_group" | "observation";
    heard?: Array<string>;
    summary?: Words | null;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
  }>;
  /**
   * The facts of a published issue, as they are stored: for its bundle. Raises Conflict,
   * DeadlineExceeded, NotFound, ValidationFailed.
   */
  issue_facts(given: {
    period: string;
    revision?: number | null;
    source: "volunteering" | "relief" | "clinics" | "jobfairs" | "supervision";
    after?: number;
    limit?: number;
  }, options?: CallOptions): Promise<{
    facts: Array<{
      number: number;
      text: string;
    }>;
    last: number;
  }>;
  /**
   * A form of a published issue, as it was made at publication. Raises Conflict,
   * DeadlineExceeded, NotFound, ValidationFailed.
   */
  issue_form(given: {
    period: string;
    revision?: number | null;
    edition?: "internal" | "public";
    format: "text" | "html" | "docx" | "pdf" | "xlsx" | "ods" | "csv" | "csv-dictionary" | "sdmx";
    lang?: "zh" | "en";
  }, options?: CallOptions): Promise<{
    format: "text" | "html" | "docx" | "pdf" | "xlsx" | "ods" | "csv" | "csv-dictionary" | "sdmx";
    lang: "zh" | "en";
    media_type: string;
    sha256: string;
    size: number;
    urn: string;
    content: string;
  }>;
  /**
   * What is signed beside the document of a published issue. Raises Conflict, DeadlineExceeded,
   * NotFound, ValidationFailed.
   */
  issue_manifest(given: {
    period: string;
    revision?: number | null;
    edition?: "internal" | "public";
  }, options?: CallOptions): Promise<{
    manifest: string;
  }>;
  /**
   * How far an issue is, who did what about it, and what was said in its review. Raises
   * DeadlineExceeded, NotFound, ValidationFailed.
   */
  issue_state(given: {
    period: string;
    revision?: number | null;
  }, options?: CallOptions): Promise<{
    period: string;
    revision: number;
    issue: number | null;
    urn: string;
    status: string;
    content_digest: string;
    drafted_by: string;
    drafted_at: string;
    submitted_by: {
      actor: string;
      name: Words | null;
      office: Words | null;
    } | null;
    submitted_at: string | null;
    approved_by: {
      actor: string;
      name: Words | null;
      office: Words | null;
    } | null;
    published_at: string | null;
    four_eyes: boolean | null;
    comments: Array<{
      number: number;
      part: string | null;
      author: {
        actor: string;
        name: Words | null;
        office: Words | null;
      };
      at: string;
      text: string;
      resolved_by: {
        actor: string;
        name: Words | null;
        office: Words | null;
      } | null;
      resolved_at: string | null;
    }>;
    sign_offs: Array<{
      part: string | null;
      by: {
        actor: string;
        name: Words | null;
        office: Words | null;
      };
      at: string;
    }>;
    edited_points: Array<{
      point: number;
      words: Words;
      by_rules: Words;
      edited_by: {
        actor: string;
        name: Words | null;
        office: Words | null;
      };
      edited_at: string;
    }>;
    withdrawal: {
      reason: Words;
      successor: string | null;
      by: {
        actor: string | null;
        name: Words | null;
        office: Words | null;
      };
      at: string;
    } | null;
  }>;
  /**
   * The unit did what it had announced. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  keep_commitment(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "open" | "kept" | "dropped";
  }>;
  /**
   * The week's cells as they stand now. Unlike those of an issue, they may still change. Raises
   * DeadlineExceeded, ValidationFailed.
   */
  live(given: {
    period: string;
  }, options?: CallOptions): Promise<{
    period: string;
    cells: Array<{
      indicator: string;
      orgunit: string;
      value: string | null;
      qualifier: "exact" | "over" | "about" | "at_most" | "not_stated";
      unit: "person" | "person_time" | "household" | "visit" | "merchant" | "order" | "item" | "clinic" | "institution" | "department" | "prescription" | "leaflet" | "fair" | "employer" | "vacancy" | "station" | "category" | "team" | "activity" | "gathering" | "finding" | "milestone" | "action" | "orgunit" | "day" | "hour";
      numerator: string;
      denominator: string;
    }>;
  }>;
  /**
   * A unit announces what it will do. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, Unavailable, ValidationFailed.
   */
  make_commitment(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    what: Words;
    about?: string | null;
    due?: string | null;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "open" | "kept" | "dropped";
  }>;
  /**
   * A person nominates. Raises ValidationFailed for a year that has not begun or has no rules,
   * for a subject or a unit that isn't known, and for evidence that isn't; Conflict where the
   * subject is nominated in the category already; Forbidden for a service. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, Unavailable, ValidationFailed.
   */
  nominate(given: {
    year: number;
    category: string;
    subject: string;
    orgunit: string;
    grounds: Words;
    evidence?: Array<string>;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "nominated" | "chosen" | "passed_over";
  }>;
  /**
   * Nominate everyone whom the rules nominate by what is known now. Who is nominated already
   * stays as it is. Raises ValidationFailed for a year that has not begun or has no rules.
   * Raises Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, Unavailable,
   * ValidationFailed.
   */
  nominate_by_rules(given: {
    year: number;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
  }>;
  /**
   * Everyone who was considered for a year's commendation, with the decisions. Raises
   * DeadlineExceeded, ValidationFailed.
   */
  nominations(given: {
    after?: string | null;
    limit?: number | null;
    year: number;
  }, options?: CallOptions): Promise<Array<{
    status: "nominated" | "chosen" | "passed_over";
    year: number;
    category: string;
    kind: "subdistrict" | "community" | "department" | "team" | "station" | "volunteer";
    subject: string;
    name: string | null;
    by: "rule" | "person";
    rules_version: string;
    figure: {
      indicator: string;
      figure: Quantity;
    } | null;
    grounds: Words | null;
    evidence: Array<string>;
    more: number;
    nominated_by: {
      actor: string;
      office: Words | null;
    };
    decided_by: {
      actor: string;
      office: Words | null;
    } | null;
    reason: Words | null;
    id: string;
    orgunit: string;
    version: number;
  }>>;
  /**
   * The registry, with the version of each unit. Raises DeadlineExceeded, ValidationFailed.
   */
  orgunits(given?: {
    after?: string | null;
    limit?: number | null;
  }, options?: CallOptions): Promise<Array<{
    state: {
      code: string;
      parent: string | null;
      level: "district" | "subdistrict" | "community";
      name: string;
      valid_from: string | null;
      valid_to: string | null;
      successor: string | null;
      retired: boolean;
      split_from?: string;
      reason?: string;
    };
    version: number;
  }>>;
  /**
   * Those of one kind, each with its published state; only those with `status`, if given.
   * Raises DeadlineExceeded, ValidationFailed.
   */
  oversight(given: {
    after?: string | null;
    limit?: number | null;
    kind: "group" | "plan" | "meeting" | "action" | "platform" | "milestone" | "patrol" | "patrol_team" | "finding" | "practice" | "commitment" | "exemption";
    status?: string | null;
  }, options?: CallOptions): Promise<Array<{
    kind: "leading" | "office" | "functional" | "special";
    status: "formed" | "dissolved";
    code: string;
    name: Words;
    responsible_unit: string | null;
    responsible_person: string | null;
    member_units: Array<string>;
    duties: Array<Words>;
    staff: Words | null;
    id: string;
    orgunit: string;
    version: number;
  } | {
    name: Words;
    status: "draft" | "draft_improved" | "adopted";
    special_groups: number | null;
    functional_groups: number | null;
    rhythm: Array<{
      every: "irregular" | "day" | "week" | "month" | "half_year" | "year";
      what: Words;
    }>;
    id: string;
    orgunit: string;
    version: number;
  } | {
    kind: "office" | "leading_group" | "observation";
    held_on: string | null;
    heard: Array<string>;
    summary: Words | null;
    withdrawn?: boolean;
    reason?: string | null;
    id: string;
    orgunit: string;
    version: number;
  } | {
    status: "assigned" | "done" | "dropped";
    what: Words;
    responsible: string;
    group: string | null;
    meeting: string | null;
    assigned_on: string | null;
    first_due: string;
    due: string;
    closed_on: string | null;
    outcome: Words | null;
    withdrawn?: boolean;
    reason?: string | null;
    id: string;
    orgunit: string;
    version: number;
  } | {
    name: Words;
    withdrawn?: boolean;
    reason?: string | null;
    id: string;
    orgunit: string;
    version: number;
  } | {
    platform: string;
    status: "planned" | "in_progress" | "done" | "dropped";
    what: Words;
    count: number | null;
    target: string | null;
    reached_on: string | null;
    reason: string | null;
    withdrawn?: boolean;
    id: string;
    orgunit: string;
    version: number;
  } | {
    kind: "safety_patrol" | "building_check" | "food_check" | "other";
    status: "recorded" | "withdrawn";
    every: "irregular" | "day" | "week" | "month" | "half_year" | "year" | null;
    what: Words | null;
    unannounced: boolean;
    findings: Quantity;
    held_on: string | null;
    reason: string | null;
    id: string;
    orgunit: string;
    version: number;
  } | {
    status: "proposed" | "formed" | "stood_down";
    asset: string;
    finding: string | null;
    repeats: number;
    id: string;
    orgunit: string;
    version: number;
  } | {
    kind: "safety" | "facility" | "sanitation" | "food" | "other";
    status: "reported" | "dispatched" | "rectified" | "closed" | "on_account" | "duplicate" | "withdrawn";
    what: Words;
    asset: string | null;
    patrol: string | null;
    reported_on: string | null;
    due: string;
    responsible: string | null;
    rectified_on: string | null;
    closed_on: string | null;
    repeat_of: string | null;
    reopened: number;
    reason: string | null;
    due_awaits_notice?: number | null;
    id: string;
    orgunit: string;
    version: number;
  } | {
    status: "recorded" | "withdrawn";
    what: Words;
    id: string;
    orgunit: string;
    version: number;
  } | {
    status: "open" | "kept" | "dropped";
    what: Words;
    about: string | null;
    announced_on: string | null;
    due: string | null;
    closed_on: string | null;
    reason: string | null;
    id: string;
    orgunit: string;
    version: number;
  } | {
    services: Array<"volunteering" | "relief" | "clinics" | "jobfairs" | "supervision">;
    first: string;
    last: string | null;
    reason: string;
    id: string;
    orgunit: string;
    version: number;
  }>>;
  /**
   * A nominee isn't chosen; the reason stays internal. Raises Forbidden for who nominated it,
   * and for a service. Raises Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation,
   * NotFound, Unavailable, ValidationFailed.
   */
  pass_over_nominee(given: {
    id: string;
    reason: Words;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "nominated" | "chosen" | "passed_over";
  }>;
  /**
   * Publish the approved draft as an issue: numbered, signed and sent to subscribers. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  publish_briefing(given: {
    period: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "draft" | "approved" | "published";
  }>;
  /**
   * The milestone is reached. Raises Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation,
   * NotFound, Unavailable, ValidationFailed.
   */
  reach_milestone(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "planned" | "in_progress" | "done" | "dropped";
  }>;
  /**
   * The unit has to report again from the week of `time` on, which may lie ahead. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  readmit_reporter(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "exempt" | "readmitted";
  }>;
  /**
   * Begin to fold all facts again, compare with the live figures, replace them if they differ.
   * Raises Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, Unavailable,
   * ValidationFailed.
   */
  rebuild_figures(given?: {
    source?: "facts" | "stream";
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    state: "working" | "swapping" | "dying" | "done" | "failed" | "died";
    doing: "starting" | "reading" | "comparing" | "folding" | "swapping";
    source: "facts" | "stream";
    actor: string;
    at: string;
    read: number;
    folded: number;
    total: number | null;
    replaced: boolean;
    differences?: {
      cells: number;
      levels: number;
      named: Array<{
        period?: string;
        orgunit?: string;
        subject?: string;
        indicator: string | null;
        live: Record<string, unknown> | null;
        rebuilt: Record<string, unknown> | null;
      }>;
    };
    stream?: {
      messages: number;
      skipped: Record<string, number>;
      missing: Record<string, number>;
      only_stored: number;
      only_streamed: number;
      different: number;
      named: Array<{
        problem: "only_stored" | "only_streamed" | "different";
        id: string;
        source: string | null;
        seq: number | null;
        type: string | null;
      }>;
      agreed: boolean;
    };
    problem?: Record<string, unknown>;
  }>;
  /**
   * The progress of a rebuild, and the differences that it found. Raises DeadlineExceeded,
   * NotFound, ValidationFailed.
   */
  rebuild_progress(given: {
    id: string;
  }, options?: CallOptions): Promise<{
    id: string;
    state: "working" | "swapping" | "dying" | "done" | "failed" | "died";
    doing: "starting" | "reading" | "comparing" | "folding" | "swapping";
    source: "facts" | "stream";
    actor: string;
    at: string;
    read: number;
    folded: number;
    total: number | null;
    replaced: boolean;
    differences?: {
      cells: number;
      levels: number;
      named: Array<{
        period?: string;
        orgunit?: string;
        subject?: string;
        indicator: string | null;
        live: Record<string, unknown> | null;
        rebuilt: Record<string, unknown> | null;
      }>;
    };
    stream?: {
      messages: number;
      skipped: Record<string, number>;
      missing: Record<string, number>;
      only_stored: number;
      only_streamed: number;
      different: number;
      named: Array<{
        problem: "only_stored" | "only_streamed" | "different";
        id: string;
        source: string | null;
        seq: number | null;
        type: string | null;
      }>;
      agreed: boolean;
    };
    problem?: Record<string, unknown>;
  }>;
  /**
   * Who has an issue: how it stands with each known subscriber, and what waits for it. Raises
   * DeadlineExceeded, NotFound, ValidationFailed.
   */
  receipts(given: {
    period: string;
    revision?: number | null;
  }, options?: CallOptions): Promise<{
    period: string;
    revision: number;
    issue: number;
    notice: "published" | "revised" | "withdrawn";
    sent: string;
    checked: string | null;
    subscribers: Array<{
      subscriber: string;
      state: "acknowledged" | "refused" | "waiting" | "left" | "unknown";
      since: string | null;
      reason: string | null;
      late: boolean;
      sent_again: Array<string>;
      watched_since: string;
      queue: {
        waiting: number | null;
        oldest: string | null;
        consumers: number | null;
        undelivered: number | null;
      };
      last_acknowledged: {
        period: string;
        revision: number;
        at: string;
      } | null;
      refused: Array<{
        period: string;
        revision: number;
        at: string;
        reason: string | null;
      }>;
      invalid_receipts: {
        messages: number;
        last: string;
        why: string;
      } | null;
    }>;
  }>;
  /**
   * A good practice is recommended to other units. Raises Conflict, DeadlineExceeded,
   * Forbidden, NeedsConfirmation, Unavailable, ValidationFailed.
   */
  recognise_practice(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    what: Words;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "recorded" | "withdrawn";
  }>;
  /**
   * Observers have scored a unit on site. The score counts in the half-year of that day. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, Unavailable, ValidationFailed.
   */
  record_observation(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    criterion: string;
    score: string;
    observers: Array<string>;
    occasion: Words;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "recorded" | "withdrawn";
  }>;
  /**
   * A patrol took place. One with exactly 0 findings is a nil report. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, Unavailable, ValidationFailed.
   */
  record_patrol(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    kind: "safety_patrol" | "building_check" | "food_check" | "other";
    every?: "irregular" | "day" | "week" | "month" | "half_year" | "year" | null;
    what?: Words | null;
    unannounced?: boolean;
    findings?: Quantity;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "recorded" | "withdrawn";
  }>;
  /**
   * The finding is rectified. Somebody else has to re-inspect and close it. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  rectify_finding(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "reported" | "dispatched" | "rectified" | "closed" | "on_account" | "duplicate" | "withdrawn";
  }>;
  /**
   * Add a unit to the registry, under its parent. A code is never used twice. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, Unavailable, ValidationFailed.
   */
  register_orgunit(given: {
    code: string;
    parent: string | null;
    level: "district" | "subdistrict" | "community";
    name: string;
    valid_from?: string | null;
    split_from?: string | null;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
  }>;
  /**
   * The programme begins to build a platform. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, Unavailable, ValidationFailed.
   */
  register_platform(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    name: Words;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
  }>;
  /**
   * A person takes an office: the first one, or the next one after a term that has ended.
   * Raises Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, Unavailable,
   * ValidationFailed.
   */
  register_staff(given: {
    code: string;
    name: Words;
    office: Words;
    valid_from: string;
    valid_to?: string | null;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
  }>;
  /**
   * It is a subscriber no more. Its events stay in the log, its receipts don't. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  remove_subscriber(given: {
    name: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "active" | "removed";
  }>;
  /**
   * The rectification did not solve it. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  reopen_finding(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "reported" | "dispatched" | "rectified" | "closed" | "on_account" | "duplicate" | "withdrawn";
  }>;
  /**
   * A finding is reported. A repeat at the same asset proposes a patrol team for it. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  report_finding(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    kind: "safety" | "facility" | "sanitation" | "food" | "other";
    what: Words;
    asset?: string | null;
    patrol?: string | null;
    due?: string | null;
    responsible?: string | null;
    fixed_on_spot?: boolean;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "reported" | "dispatched" | "rectified" | "closed" | "on_account" | "duplicate" | "withdrawn";
  }>;
  /**
   * A group reports what it did in a week, or that there is nothing to report, which is not
   * silence. Raises NotFound for an unknown group, ValidationFailed for a week that has not
   * begun or in which the group didn't stand, Conflict where the week has its report already.
   * Raises Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  report_progress(given: {
    group: string;
    period: string;
    done?: Words | null;
    planned?: Words | null;
    problems?: Words | null;
    nil?: boolean;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "recorded" | "withdrawn";
  }>;
  /**
   * What a comment asks for is done, or answered. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  resolve_comment(given: {
    period: string;
    comment: number;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "in_review";
  }>;
  /**
   * A former key isn't used any more. What it has signed stays valid. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  retire_key(given: {
    keyid: string;
    reason: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "announced" | "retired";
  }>;
  /**
   * Retire a unit that is merged or dissolved. What it has reported stays counted. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  retire_orgunit(given: {
    code: string;
    valid_to?: string | null;
    successor?: string | null;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
  }>;
  /**
   * Draft a revision of a published issue by its own rules, or by the present ones. Raises
   * Conflict when nothing has changed. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  revise_briefing(given: {
    period: string;
    reason: Words;
    under_present_rules?: boolean;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "draft" | "approved" | "published";
  }>;
  /**
   * What a revision changes: figures with the events behind each, and parts that read
   * differently. Raises DeadlineExceeded, NotFound, ValidationFailed.
   */
  revision_changes(given: {
    period: string;
    revision?: number | null;
  }, options?: CallOptions): Promise<{
    period: string;
    revision: number;
    urn: string;
    replaces: string | null;
    reason: Words | null;
    rules: string;
    rules_before: string | null;
    changes: Array<{
      indicator: string;
      orgunit: string;
      old: Quantity | null;
      new: Quantity | null;
      because: Array<{
        id: string;
        type: string;
        recordedtime: string;
        reason: string | null;
      }>;
    }>;
    changed_parts: Array<string> | null;
  }>;
  /**
   * What a revision of the published issue would change, from everything known now. Raises
   * Conflict, DeadlineExceeded, NotFound, ValidationFailed.
   */
  revision_proposal(given: {
    period: string;
    under_present_rules?: boolean;
  }, options?: CallOptions): Promise<{
    period: string;
    revision: number;
    changes: Array<{
      indicator: string;
      orgunit: string;
      old: Quantity | null;
      new: Quantity | null;
      because: Array<{
        id: string;
        type: string;
        recordedtime: string;
        reason: string | null;
      }>;
    }>;
    told_differently: Array<string>;
    rules: string;
    rules_before: string | null;
  }>;
  /**
   * It has another password from now on. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  rotate_subscriber(given: {
    name: string;
    password_hash: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "active" | "removed";
  }>;
  /**
   * The newest event that supervision has of a service, by which a restored service notices
   * that it is an older copy. Raises DeadlineExceeded, Unavailable, ValidationFailed.
   */
  seen(given: {
    source: "volunteering" | "relief" | "clinics" | "jobfairs" | "supervision";
  }, options?: CallOptions): Promise<{
    newest: {
      number: number;
      id: string;
    } | null;
    contested: Array<{
      number: number;
      id: string;
    }>;
    unplaced: Array<string>;
    waiting: number;
  }>;
  /**
   * The events with these numbers that supervision has of a service. Raises DeadlineExceeded,
   * ValidationFailed.
   */
  seen_events(given: {
    source: "volunteering" | "relief" | "clinics" | "jobfairs" | "supervision";
    numbers: Array<number>;
  }, options?: CallOptions): Promise<{
    events: Array<{
      specversion: "1.0";
      id: string;
      source: string;
      type: string;
      subject: string;
      time: string;
      timeprecision: "second" | "part_of_day" | "day" | "week";
      recordedtime: string;
      orgunit: string;
      subjectsequence: number;
      sourcesequence: number;
      correlationid: string;
      causationid: string;
      confirmed?: string;
      traceparent?: string;
      dataschema: string;
      datacontenttype: "application/json";
      data: Record<string, unknown>;
    }>;
  }>;
  /**
   * Number and id of the events that supervision has of a service, in order. Raises
   * DeadlineExceeded, ValidationFailed.
   */
  seen_numbers(given: {
    source: "volunteering" | "relief" | "clinics" | "jobfairs" | "supervision";
    after: number;
    limit?: number;
  }, options?: CallOptions): Promise<{
    numbers: Array<{
      number: number;
      id: string;
    }>;
  }>;
  /**
   * The events of a service that supervision has as dead letters alone, because another event
   * has their number. Raises DeadlineExceeded, ValidationFailed.
   */
  seen_unplaced(given: {
    source: "volunteering" | "relief" | "clinics" | "jobfairs" | "supervision";
  }, options?: CallOptions): Promise<{
    events: Array<{
      specversion: "1.0";
      id: string;
      source: string;
      type: string;
      subject: string;
      time: string;
      timeprecision: "second" | "part_of_day" | "day" | "week";
      recordedtime: string;
      orgunit: string;
      subjectsequence: number;
      sourcesequence: number;
      correlationid: string;
      causationid: string;
      confirmed?: string;
      traceparent?: string;
      dataschema: string;
      datacontenttype: "application/json";
      data: Record<string, unknown>;
    }>;
  }>;
  /**
   * Send an issue once more to one subscriber alone, with the same event ids. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  send_again(given: {
    period: string;
    revision?: number | null;
    subscriber: string;
  } & CommandParts, options?: CallOptions): Promise<{
    messages: number;
  }>;
  /**
   * A platform gets a milestone. Raises NotFound where the platform doesn't exist. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  set_milestone(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    platform: string;
    what: Words;
    status?: "planned" | "in_progress";
    count?: number | null;
    target?: string | null;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "planned" | "in_progress" | "done" | "dropped";
  }>;
  /**
   * The finding can't be solved now, and stays on account. Raises Conflict, DeadlineExceeded,
   * Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  shelve_finding(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "reported" | "dispatched" | "rectified" | "closed" | "on_account" | "duplicate" | "withdrawn";
  }>;
  /**
   * A reviewer agrees with a part of the draft that was read, or with the whole. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  sign_off_briefing(given: {
    period: string;
    content_digest: string;
    part?: "masthead" | "completeness" | "points" | "table" | "waiting" | "sections" | "groups" | "league" | "follow_up" | "actions" | "late" | "notes" | "annex" | "planned" | "assessment" | "commendation" | null;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "in_review";
  }>;
  /**
   * The public key that checks the signatures of issues. Raises DeadlineExceeded,
   * ValidationFailed.
   */
  signing_key(given?: {}, options?: CallOptions): Promise<{
    keyid: string;
    pem: string;
  }>;
  /**
   * All keys that were announced, in the order of their use. Raises DeadlineExceeded,
   * ValidationFailed.
   */
  signing_keys(given?: {}, options?: CallOptions): Promise<Array<{
    keyid: string;
    algorithm: "Ed25519";
    public_key: string;
    status: "announced" | "retired";
    used_from: string;
    previous: string | null;
    signature: string | null;
    retired_at: string | null;
    reason: string | null;
    id: string;
    orgunit: string;
    version: number;
    pem: string;
  }>>;
  /**
   * The staff register, with all terms of office. Raises DeadlineExceeded, ValidationFailed.
   */
  staff(given?: {
    after?: string | null;
    limit?: number | null;
  }, options?: CallOptions): Promise<Array<{
    code: string;
    terms: Array<{
      name: Words;
      office: Words;
      valid_from: string;
      valid_to: string | null;
    }>;
    reason: string | null;
    id: string;
    orgunit: string;
    version: number;
  }>>;
  /**
   * The team is not needed, or not needed any more. Raises Conflict, DeadlineExceeded,
   * Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  stand_down_patrol_team(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "proposed" | "formed" | "stood_down";
  }>;
  /**
   * A person hands in the draft that was read for review, and is its preparer. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  submit_briefing(given: {
    period: string;
    content_digest: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "in_review";
  }>;
  /**
   * What the broker has to know of each subscriber, removed ones included. Raises
   * DeadlineExceeded, ValidationFailed.
   */
  subscriber_accounts(given?: {}, options?: CallOptions): Promise<Array<{
    name: string;
    status: "active" | "removed";
    reports: "internal" | "public" | null;
    events: Array<string>;
    password_hash: string | null;
  }>>;
  /**
   * The active subscribers: what each gets, what waits for it, and what it has said. Raises
   * DeadlineExceeded, ValidationFailed.
   */
  subscribers(given?: {}, options?: CallOptions): Promise<Array<{
    name: string;
    own: boolean;
    reports: "internal" | "public" | null;
    events: Array<string>;
    since: string | null;
    password_since: string | null;
    is_there: boolean | null;
    queue: {
      waiting: number | null;
      oldest: string | null;
      consumers: number | null;
      undelivered: number | null;
    };
    last_acknowledged: {
      period: string;
      revision: number;
      at: string;
    } | null;
    test: {
      at: string;
      acknowledged: string | null;
    } | null;
  }>>;
  /**
   * Send a test message, which is no issue, to the queue of one subscriber alone. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  test_subscriber(given: {
    name: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "active" | "removed";
    event: string;
  }>;
  /**
   * Recompute a published issue from the facts and compare it byte by byte; or only compare
   * every byte of its facts with what was sealed. Raises Conflict, DeadlineExceeded, NotFound,
   * ValidationFailed.
   */
  verify(given: {
    period: string;
    revision?: number | null;
    edition?: "internal" | "public";
    quick?: boolean;
  }, options?: CallOptions): Promise<{
    period: unknown;
    issue: unknown;
    revision: unknown;
    digest: unknown;
    edition: "internal" | "public";
    equal: boolean;
    signature: "valid" | "invalid";
    bytes: "equal" | "different";
    rules: unknown;
    renderer: unknown;
    words_made_again: boolean;
    quick?: boolean;
    withdrawn: boolean;
    facts: Array<{
      fact: string;
      problem: string;
    }>;
    figures: Array<{
      indicator: string;
      orgunit: string;
      printed: {
        value: unknown;
        qualifier: unknown;
        numerator: unknown;
        denominator: unknown;
        previous: unknown;
        cumulative: unknown;
      } | null;
      recomputed: {
        value: unknown;
        qualifier: unknown;
        numerator: unknown;
        denominator: unknown;
        previous: unknown;
        cumulative: unknown;
      } | null;
    }>;
    parts: Array<string>;
    stored: Array<string>;
    strangers: Array<string>;
    failure: string | null;
    differences?: Array<{
      part: string;
      name: string;
      zh: string;
      en: string;
    }>;
  }>;
  /**
   * A new version of the unit's implementation plan replaces the one before. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, Unavailable, ValidationFailed.
   */
  version_plan(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    name: Words;
    status: "draft" | "draft_improved" | "adopted";
    special_groups?: number | null;
    functional_groups?: number | null;
    rhythm?: Array<{
      every: "irregular" | "day" | "week" | "month" | "half_year" | "year";
      what: Words;
    }>;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "draft" | "draft_improved" | "adopted";
  }>;
  /**
   * A person takes a published issue back. It stays readable, and subscribers are told. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  withdraw_briefing(given: {
    period: string;
    revision?: number | null;
    reason: Words;
    successor?: string | null;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "withdrawn";
  }>;
  /**
   * The unit is assessed after all. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  withdraw_exclusion(given: {
    orgunit: string;
    period: string;
    reason: Words;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "proposed" | "approved" | "withdrawn";
  }>;
  /**
   * The practice turned out not to be a good one. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  withdraw_practice(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "recorded" | "withdrawn";
  }>;
}

export interface Volunteering extends Common {
  /**
   * An activity as its last event reported it. Raises DeadlineExceeded, NotFound,
   * ValidationFailed.
   */
  activity(given: {
    id: string;
  }, options?: CallOptions): Promise<{
    status: "published" | "completed" | "cancelled" | "withdrawn";
    name: Words;
    category: "environment" | "disability_care" | "elderly_care" | "child_care" | "relief_delivery" | "clinic_support" | "fair_support" | "other";
    planned_for: string | null;
    held_on: string | null;
    participants: Quantity;
    taking_part: Array<"communities" | "offices" | "party_members" | "volunteers" | "building_heads" | "residents" | "local_companies" | "other">;
    communities: number | null;
    wanted: number | null;
    activity_key: string | null;
    team: string | null;
    station: string | null;
    reason: string | null;
    id: string;
    orgunit: string;
    version: number;
  }>;
  /**
   * An announced activity will not take place. Raises Conflict while hours rest on it. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  cancel_activity(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "published" | "completed" | "cancelled" | "withdrawn";
  }>;
  /**
   * A service station closes. Raises Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation,
   * NotFound, Unavailable, ValidationFailed.
   */
  close_station(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "open" | "closed";
  }>;
  /**
   * The names of commended volunteers, for a reader whom the settings list. Each reading is
   * recorded before a name is given. Raises Forbidden for anybody else. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, Unavailable, ValidationFailed.
   */
  commendation_names(given: {
    year: number;
    volunteers: Array<string>;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    names: Array<{
      volunteer: string;
      name: string | null;
      missing: "unknown" | "withdrawn" | "left" | "erased" | "not_given" | null;
    }>;
  }>;
  /**
   * An announced activity took place at `time`. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  complete_activity(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    participants?: Quantity;
    taking_part?: Array<"communities" | "offices" | "party_members" | "volunteers" | "building_heads" | "residents" | "local_companies" | "other">;
    communities?: number;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "published" | "completed" | "cancelled" | "withdrawn";
  }>;
  /**
   * Correct or withdraw a report; `time` is when the activity took place. Raises Conflict while
   * hours rest on what would be no more. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  correct_activity(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    participants?: Quantity;
    taking_part?: Array<"communities" | "offices" | "party_members" | "volunteers" | "building_heads" | "residents" | "local_companies" | "other">;
    communities?: number;
    name?: Words;
    category?: "environment" | "disability_care" | "elderly_care" | "child_care" | "relief_delivery" | "clinic_support" | "fair_support" | "other";
    team?: string | null;
    station?: string | null;
    orgunit?: string | null;
    withdrawn?: boolean;
    reason: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "published" | "completed" | "cancelled" | "withdrawn";
  }>;
  /**
   * Correct or withdraw a category of teams. Raises Conflict while teams belong to one that
   * would be no more. Raises Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation,
   * NotFound, Unavailable, ValidationFailed.
   */
  correct_category(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
    orgunit?: string | null;
    withdrawn?: boolean;
    name?: Words;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
  }>;
  /**
   * Correct what was reported, or withdraw it. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  correct_gathering(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
    gatherings?: Quantity;
    participants?: Quantity;
    invited?: Array<"communities" | "offices" | "party_members" | "volunteers" | "building_heads" | "residents" | "local_companies" | "other">;
    orgunit?: string | null;
    withdrawn?: boolean;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "held" | "withdrawn";
  }>;
  /**
   * Correct what was entered of a station, or withdraw one that was entered by mistake. Raises
   * Conflict while activities rest on one that would be no more. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  correct_station(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
    orgunit?: string | null;
    withdrawn?: boolean;
    still_standing?: boolean;
    name?: string;
    kind?: Words | null;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "open" | "closed";
  }>;
  /**
   * Correct what was entered of a team, or withdraw one that was entered by mistake. Raises
   * NotFound for an unknown category, Conflict while activities or volunteers rest on a team
   * that would be no more. Raises Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation,
   * NotFound, Unavailable, ValidationFailed.
   */
  correct_team(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
    orgunit?: string | null;
    withdrawn?: boolean;
    still_standing?: boolean;
    name?: string;
    level?: "district" | "subdistrict" | "community";
    category?: string | null;
    professional?: boolean;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "formed" | "disbanded";
  }>;
  /**
   * Correct a person's last registration, or take one back that was a mistake, with the
   * personal data. Raises Conflict while hours rest on it. Raises Conflict, DeadlineExceeded,
   * Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  correct_volunteer(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
    orgunit?: string | null;
    withdrawn?: boolean;
    team?: string | null;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "registered" | "left";
  }>;
  /**
   * A day of service that recurs. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, Unavailable, ValidationFailed.
   */
  declare_service_day(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    name: Words;
    rule: string;
    first: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
  }>;
  /**
   * A count of a date, where an office has no records behind the count. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, Unavailable, ValidationFailed.
   */
  declare_stock(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    stock: "stations" | "team_categories" | "teams" | "volunteers";
    level: Quantity;
    reported_by?: string | null;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
  }>;
  /**
   * A category of teams is set up. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, Unavailable, ValidationFailed.
   */
  define_category(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    name: Words;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
  }>;
  /**
   * A volunteer leaves; the personal data is deleted. Raises Conflict, DeadlineExceeded,
   * Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  deregister_volunteer(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "registered" | "left";
  }>;
  /**
   * A team is disbanded. Raises Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation,
   * NotFound, Unavailable, ValidationFailed.
   */
  disband_team(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "formed" | "disbanded";
  }>;
  /**
   * All that identifies a former volunteer is deleted. The records stay, under an id that
   * nobody can connect with the person, and count as before. Raises Conflict for somebody who
   * is still a volunteer, and while recorded hours wait for their verification. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  erase_volunteer(given: {
    id: string;
    ground: "requested" | "consent_withdrawn" | "no_longer_needed" | "kept_too_long" | "unlawful" | "court_or_authority";
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "registered" | "left";
  }>;
  /**
   * Who was erased: pseudonymous id, when, by whom, and on what ground. Raises
   * DeadlineExceeded, ValidationFailed.
   */
  erasures(given?: {
    after?: string | null;
    limit?: number | null;
  }, options?: CallOptions): Promise<Array<{
    id: string;
    ground: "requested" | "consent_withdrawn" | "no_longer_needed" | "kept_too_long" | "unlawful" | "court_or_authority";
    actor: string;
    recorded: string;
  }>>;
  /**
   * A team is formed. Raises Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation,
   * NotFound, Unavailable, ValidationFailed.
   */
  form_team(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    name: string;
    level: "district" | "subdistrict" | "community";
    category?: string | null;
    professional?: boolean;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "formed" | "disbanded";
  }>;
  /**
   * Residents' gatherings took place. Raises Conflict, DeadlineExceeded, Forbidden,
   * NeedsConfirmation, Unavailable, ValidationFailed.
   */
  hold_gathering(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    name: Words;
    gatherings: Quantity;
    participants?: Quantity;
    invited?: Array<"communities" | "offices" | "party_members" | "volunteers" | "building_heads" | "residents" | "local_companies" | "other">;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "held" | "withdrawn";
  }>;
  /**
   * A volunteer's rows and their sums by status. Raises DeadlineExceeded, NotFound,
   * ValidationFailed.
   */
  ledger(given: {
    volunteer: string;
  }, options?: CallOptions): Promise<{
    volunteer: string;
    rows: Array<{
      status: "recorded" | "verified" | "voided";
      volunteer: string;
      activity: string;
      hours: Quantity;
      reason: string | null;
      id: string;
      served_on: string | null;
    }>;
    sums: Record<string, Quantity>;
  }>;
  /**
   * A service station opens. Raises Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation,
   * Unavailable, ValidationFailed.
   */
  open_station(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    name: string;
    kind?: Words;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "open" | "closed";
  }>;
  /**
   * An activity is announced for a day; `activity_key` names another service's occasion. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  publish_activity(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    name: Words;
    category: "environment" | "disability_care" | "elderly_care" | "child_care" | "relief_delivery" | "clinic_support" | "fair_support" | "other";
    planned_for: string;
    wanted?: number | null;
    activity_key?: string | null;
    team?: string | null;
    station?: string | null;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "published" | "completed" | "cancelled" | "withdrawn";
  }>;
  /**
   * A row of the ledger, rounded to the half hour: one for a volunteer, an activity and a day.
   * Raises Conflict above the cap of the day or week, for an activity that was cancelled or
   * withdrawn, and for a volunteer who had left or served elsewhere at that time. Raises
   * Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable,
   * ValidationFailed.
   */
  record_hours(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    volunteer: string;
    activity: string;
    hours: Quantity;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "recorded" | "verified" | "voided";
  }>;
  /**
   * A person registers: once for each ID number, which stays in this service. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  register_volunteer(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    identity: {
      id_number: string;
      name?: string;
      phone?: string;
    };
    team?: string | null;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "registered" | "left";
  }>;
  /**
   * An activity that took place is reported afterwards. Raises Conflict, DeadlineExceeded,
   * Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  report_activity(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    orgunit: string;
    name: Words;
    category: "environment" | "disability_care" | "elderly_care" | "child_care" | "relief_delivery" | "clinic_support" | "fair_support" | "other";
    participants: Quantity;
    taking_part?: Array<"communities" | "offices" | "party_members" | "volunteers" | "building_heads" | "residents" | "local_companies" | "other">;
    communities?: number | null;
    activity_key?: string | null;
    team?: string | null;
    station?: string | null;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "published" | "completed" | "cancelled" | "withdrawn";
  }>;
  /**
   * The occurrences of all service days in a span of days, each with its own id. Raises
   * DeadlineExceeded, ValidationFailed.
   */
  service_days(given: {
    first: string;
    last: string;
  }, options?: CallOptions): Promise<Array<{
    id: string;
    service_day: string;
    on: string;
    name: Words;
  }>>;
  /**
   * Each stock as declared, as recorded one by one, and the difference. Raises
   * DeadlineExceeded, NotFound, ValidationFailed.
   */
  stocks(given?: {
    orgunit?: string | null;
  }, options?: CallOptions): Promise<Array<{
    stock: "stations" | "team_categories" | "teams" | "volunteers";
    declared: Quantity | null;
    recorded: Quantity;
    difference: {
      value: string;
      qualifier: "exact" | "over" | "about" | "at_most" | "not_stated";
      unit: "station" | "category" | "team" | "person";
    } | null;
  }>>;
  /**
   * The hours are right. Another person than the recorder verifies a long day. Raises Conflict,
   * DeadlineExceeded, Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  verify_hours(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "recorded" | "verified" | "voided";
  }>;
  /**
   * The row does not count. Raises Conflict, DeadlineExceeded, Forbidden, NeedsConfirmation,
   * NotFound, Unavailable, ValidationFailed.
   */
  void_hours(given: {
    time: string;
    timeprecision?: "second" | "part_of_day" | "day" | "week";
    id: string;
    reason: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
    status: "recorded" | "verified" | "voided";
  }>;
  /**
   * A stock was declared by mistake: it counts in no week. Raises Conflict, DeadlineExceeded,
   * Forbidden, NeedsConfirmation, NotFound, Unavailable, ValidationFailed.
   */
  withdraw_stock(given: {
    id: string;
    reason: string;
  } & CommandParts, options?: CallOptions): Promise<{
    id: string;
    version: number;
  }>;
}

/** The services, each with its methods. */
export interface Services {
  clinics: Clinics;
  jobfairs: Jobfairs;
  relief: Relief;
  supervision: Supervision;
  volunteering: Volunteering;
}
