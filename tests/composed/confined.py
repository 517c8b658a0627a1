"""What every container of a deployment has to be."""


def require_confined(told):
    """`told` is what the engine says of the container."""
    host = told["HostConfig"]
    assert host["ReadonlyRootfs"] and host["Init"] and host["CapDrop"] == ["ALL"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["Memory"] > 0 and host["NanoCpus"] > 0 and host["PidsLimit"] > 0
    assert host["LogConfig"]["Config"] == {"max-size": "10m", "max-file": "5"}
    assert told["Config"]["User"] in ("999:999", "10001:10001")
