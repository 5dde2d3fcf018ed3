import { useState } from "react";
import { QwenEditor } from "qwen-edit/react";

/** The editor shows what it made last; this page keeps all of it. */
export function App() {
  const [made, setMade] = useState([]);

  async function keep({ detail: { result } }) {
    // The bytes: links to pictures die after 24 hours.
    const pictures = await Promise.all(result.images.map((image) => image.blob()));
    setMade((before) => [...pictures.map((picture) => URL.createObjectURL(picture)), ...before]);
  }

  return (
    <main>
      <h1>Edit a picture</h1>
      <QwenEditor relay="/relay" region="demo" lang="en" onResult={keep} />
      <p>Made so far: {made.length}</p>
      <div className="made">
        {made.map((address) => (
          <img key={address} src={address} alt="" />
        ))}
      </div>
    </main>
  );
}
