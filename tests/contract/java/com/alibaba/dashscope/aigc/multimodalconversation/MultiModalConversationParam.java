package com.alibaba.dashscope.aigc.multimodalconversation;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Stands in for the class of the vendor's SDK. */
public final class MultiModalConversationParam {
    String apiKey;
    String model;
    Collection<?> messages = List.of();
    Map<? extends String, ?> parameters = Map.of();

    public static Builder builder() {
        return new Builder();
    }

    public static final class Builder {
        private final MultiModalConversationParam param = new MultiModalConversationParam();

        public Builder apiKey(String apiKey) {
            param.apiKey = apiKey;
            return this;
        }

        public Builder model(String model) {
            param.model = model;
            return this;
        }

        public Builder messages(Collection<?> messages) {
            param.messages = messages;
            return this;
        }

        public Builder parameters(Map<? extends String, ?> parameters) {
            param.parameters = parameters;
            return this;
        }

        public MultiModalConversationParam build() {
            return param;
        }
    }
}
