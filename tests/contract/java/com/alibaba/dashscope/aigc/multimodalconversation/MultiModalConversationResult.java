package com.alibaba.dashscope.aigc.multimodalconversation;

import com.alibaba.dashscope.common.MultiModalMessage;
import java.util.List;
import java.util.Map;

/** Stands in for the class of the vendor's SDK. */
public final class MultiModalConversationResult {
    public Output getOutput() {
        return new Output();
    }

    public static final class Output {
        public List<Choice> getChoices() {
            return List.of(new Choice());
        }
    }

    public static final class Choice {
        public MultiModalMessage getMessage() {
            Map<String, Object> picture = Map.of("image", "https://example.com/result.png");
            return MultiModalMessage.builder().role("assistant").content(List.of(picture)).build();
        }
    }
}
