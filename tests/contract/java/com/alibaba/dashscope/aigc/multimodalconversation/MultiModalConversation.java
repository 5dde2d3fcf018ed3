package com.alibaba.dashscope.aigc.multimodalconversation;

import com.alibaba.dashscope.common.MultiModalMessage;
import com.alibaba.dashscope.utils.Constants;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Stands in for the class of the vendor's SDK: prints the request as one line of JSON. */
public final class MultiModalConversation {
    public MultiModalConversationResult call(MultiModalConversationParam param) {
        if (param.apiKey == null || param.apiKey.isEmpty()) {
            throw new IllegalStateException("no key");
        }
        List<Object> messages = param.messages.stream().map(MultiModalConversation::message).collect(Collectors.toList());
        Object request = Map.of(
                "base", Constants.baseHttpApiUrl,
                "model", param.model,
                "input", Map.of("messages", messages),
                "parameters", param.parameters);
        new PrintStream(System.out, true, StandardCharsets.UTF_8).println(json(request));
        return new MultiModalConversationResult();
    }

    private static Object message(Object message) {
        MultiModalMessage known = (MultiModalMessage) message;
        return Map.of("role", known.getRole(), "content", known.getContent());
    }

    private static String json(Object value) {
        if (value instanceof Map) {
            return ((Map<?, ?>) value).entrySet().stream()
                    .map(entry -> json(entry.getKey()) + ":" + json(entry.getValue()))
                    .collect(Collectors.joining(",", "{", "}"));
        }
        if (value instanceof List) {
            return ((List<?>) value).stream().map(MultiModalConversation::json).collect(Collectors.joining(",", "[", "]"));
        }
        if (!(value instanceof String)) {
            return value.toString();
        }
        return ((String) value).chars()
                .mapToObj(unit -> unit >= ' ' && unit < 127 && unit != '"' && unit != '\\'
                        ? String.valueOf((char) unit) : String.format("\\u%04x", unit))
                .collect(Collectors.joining("", "\"", "\""));
    }
}
