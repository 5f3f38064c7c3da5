from pydantic import BaseModel, ConfigDict


class Customer(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=False, str_strip_whitespace=True)

    id: str
