"""Lists of org units that cannot be used."""

import pytest

from deploy.local import orgunit_list


@pytest.mark.parametrize(
    "content, message",
    [
        ("code,level,name\n410103,district,二七区\n".encode("gbk"), "isn't a CSV file in UTF-8"),
        (b"code,level,name\n", "no rows"),
        (b"", "no rows"),
        (b"code,level,name\n410103,town,x\n", "line 2: level must be one of district"),
        (b"code,level,name,name\n410103,district,x,y\n", "the column name is given twice"),
        (b"code,level,name\n410103,district,x,y\n", "line 2: it has more values"),
        (
            b"code,level,name\n410103,district,x\n410103,district,y\n",
            "line 3: 410103 is given twice, first on 2",
        ),
    ],
)
def test_a_list_that_cannot_be_used_is_named(tmp_path, content, message):
    path = tmp_path / "units.csv"
    path.write_bytes(content)
    with pytest.raises(orgunit_list.BadList, match=f"units.csv.*{message}"):
        orgunit_list.read_units(path)
