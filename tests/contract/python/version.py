"""Prints the version of the SDK that runs here."""

import importlib.metadata

print(importlib.metadata.version("dashscope"))
