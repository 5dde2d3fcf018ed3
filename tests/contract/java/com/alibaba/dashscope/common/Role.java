package com.alibaba.dashscope.common;

/** Stands in for the class of the vendor's SDK. */
public enum Role {
    USER;

    public String getValue() {
        return "user";
    }
}
