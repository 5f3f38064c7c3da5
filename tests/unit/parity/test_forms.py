"""Forms."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.parity.forms import Field, multipart, urlencoded, without_boundary

TYPE = b"multipart/form-data; boundary=b1"


def test_urlencoded_fields_keep_order_repeats_and_bytes() -> None:
    assert urlencoded(b"a=1&a=2&b&c=%FF+x&&=") == [
        Field(b"a", b"1"),
        Field(b"a", b"2"),
        Field(b"b", b""),
        Field(b"c", b"\xff x"),
        Field(b"", b""),
    ]


def test_multipart_fields_have_values_and_filenames() -> None:
    body = (
        b'--b1\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
        b'--b1\r\nContent-Disposition: form-data; name="f"; filename=""\r\n\r\n\r\n--b1--\r\n'
    )
    assert multipart(body, TYPE) == [Field(b"a", b"1"), Field(b"f", b"", b"")]
    assert multipart(body, b"text/plain") == []


def test_a_boundary_is_replaced() -> None:
    assert without_boundary(b"--b1\r\nx\r\n--b1--", TYPE) == b"--boundary\r\nx\r\n--boundary--"
    assert without_boundary(b"x", b"text/plain") == b"x"


@given(st.binary(max_size=80), st.binary(max_size=40))
def test_anything_can_be_read(body: bytes, kind: bytes) -> None:
    urlencoded(body)
    multipart(body, b"multipart/form-data; boundary=" + kind)
