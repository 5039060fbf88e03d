"""The local AWS stack: ministack with its gaps filled, real limits, fault injection and records of what arrived."""
