"""The value of one field of a row, whatever the field holds: text, a count, yes or no."""

from typing import Any

from marshmallow import ValidationError, fields

from schemas.fields import Text, Whole
from schemas.spelled import COUNTER_LIMIT


class Scalar(fields.Field[Any]):
    """A text of at most ``at_most`` characters, a whole number, or true or false: the value of a
    field that an edit names. What fits which field is the server's to say (sync/owners.py).
    """

    def __init__(self, *, at_most: int = 500, **kwargs: Any) -> None:
        self._text, self._whole = Text(at_most=at_most), Whole(low=-COUNTER_LIMIT)
        self.at_most = at_most
        super().__init__(metadata={"maxLength": at_most}, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str | int | bool:
        if type(value) is bool:
            return value
        if type(value) is int:
            return self._whole._deserialize(value, attr, data)
        if type(value) is str:
            return self._text._deserialize(value, attr, data)
        raise ValidationError("must be text, a whole number, true or false")

    def fast_type(self) -> Any:
        return bool | self._whole.fast_type() | self._text.fast_type()
