"""Makes the calls given as a JSON array on stdin, one after the other; prints how each ended, as a JSON array."""

import json
import sys

from dashscope import MultiModalConversation


def outcome(call):
    try:
        return MultiModalConversation.call(**call)
    except Exception as error:
        return {"exception": f"{type(error).__module__}.{type(error).__name__}"}


print(json.dumps([outcome(call) for call in json.load(sys.stdin)], ensure_ascii=False, default=str))
