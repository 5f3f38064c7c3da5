from pydantic import BaseModel, ConfigDict


class Customer(BaseModel):  # <- model.numbers-to-text
    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str
