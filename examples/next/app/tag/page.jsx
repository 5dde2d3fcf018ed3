"use client";

import { QwenEditor } from "qwen-edit/react";

export default function Page() {
  return (
    <>
      <h1>One tag</h1>
      <QwenEditor relay="/relay" region="demo" lang="en" />
    </>
  );
}
