import Link from "next/link";
import { Editor } from "./editor.jsx";

export default function Page() {
  return (
    <>
      <h1>Edit a picture</h1>
      <Editor />
      <p>
        Or <Link href="/tag">the same with one tag</Link>.
      </p>
    </>
  );
}
