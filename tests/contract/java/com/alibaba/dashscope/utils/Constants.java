package com.alibaba.dashscope.utils;

/** Stands in for the class of the vendor's SDK. */
public final class Constants {
    public static String baseHttpApiUrl;

    private Constants() {}
}
