package com.alibaba.dashscope.common;

import java.util.List;
import java.util.Map;

/** Stands in for the class of the vendor's SDK. */
public final class MultiModalMessage {
    private String role;
    private List<Map<String, Object>> content;

    public static Builder builder() {
        return new Builder();
    }

    public String getRole() {
        return role;
    }

    public List<Map<String, Object>> getContent() {
        return content;
    }

    public static final class Builder {
        private final MultiModalMessage message = new MultiModalMessage();

        public Builder role(String role) {
            message.role = role;
            return this;
        }

        public Builder content(List<Map<String, Object>> content) {
            message.content = content;
            return this;
        }

        public MultiModalMessage build() {
            return message;
        }
    }
}
