// Paper, ink and one accent. A page changes them by the variables `--qwen-edit-*`, and everything else by `::part`.

export const CSS = `
:host {
  --paper: var(--qwen-edit-paper, light-dark(#faf8f4, #1b1a17));
  --card: var(--qwen-edit-card, light-dark(#fff, #26241f));
  --ink: var(--qwen-edit-ink, light-dark(#1b1a17, #f3efe7));
  --muted: var(--qwen-edit-muted, light-dark(#635d52, #b5ac9d));
  --line: var(--qwen-edit-line, light-dark(#d5cdbf, #4a463e));
  --accent: var(--qwen-edit-accent, light-dark(#c3321e, #e0543f));
  --on-accent: var(--qwen-edit-on-accent, #fff);
  --radius: var(--qwen-edit-radius, 12px);
  display: block; box-sizing: border-box; padding: 20px; max-width: 720px;
  border: 1px solid var(--line); border-radius: calc(var(--radius) + 6px);
  background: var(--paper); color: var(--ink);
  font: var(--qwen-edit-font, 400 15px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif);
}
:host([hidden]), [hidden] { display: none !important; }
:host([data-dragging]) { border-color: var(--accent); outline: 2px dashed var(--accent); outline-offset: -6px; }
*, *::before, *::after { box-sizing: border-box; }
h2, label { display: block; margin: 0 0 8px; font: inherit; font-size: 13px; font-weight: 600; color: var(--muted); }
section + section, .actions, .says, .says + section { margin-top: 14px; }
ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(108px, 1fr)); gap: 10px; margin: 0; padding: 0; list-style: none; }
.thumb { position: relative; aspect-ratio: 1; border-radius: var(--radius); overflow: hidden; background: var(--line); }
.thumb img { width: 100%; height: 100%; object-fit: cover; display: block; }
.thumb .unseen { display: block; padding: 34px 8px 8px; font-size: 12px; overflow-wrap: anywhere; }
.thumb .name { position: absolute; inset: 6px auto auto 6px; padding: 0 7px; border-radius: 6px; background: var(--accent); color: var(--on-accent); font-size: 12px; font-weight: 600; }
.thumb .tools { position: absolute; inset: auto 6px 6px auto; display: flex; gap: 4px; }
button { font: inherit; cursor: pointer; border-radius: var(--radius); border: 1px solid var(--line); background: var(--card); color: var(--ink); padding: 8px 14px; min-height: 40px; }
button:is(:disabled, [aria-disabled="true"]) { cursor: default; opacity: .55; }
:is(button, textarea):focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.thumb button { min-height: 28px; min-width: 28px; padding: 0; border-radius: 8px; line-height: 1; }
.add { aspect-ratio: 1; width: 100%; border-style: dashed; background: transparent; color: var(--muted); font-size: 13px; }
.add span { display: block; font-size: 22px; line-height: 1.2; }
textarea { width: 100%; min-height: 88px; resize: vertical; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: var(--radius); padding: 12px 14px; }
textarea::placeholder { color: var(--muted); }
.actions { display: flex; gap: 10px; }
.run { flex: 1; min-height: 48px; border-color: var(--accent); background: var(--accent); color: var(--on-accent); font-size: 16px; font-weight: 600; }
.waiting { display: flex; align-items: center; justify-content: space-between; gap: 10px; }
.bar { height: 4px; margin-top: 10px; border-radius: 2px; overflow: hidden; background: var(--line); }
.bar::before { content: ""; display: block; width: 40%; height: 100%; background: var(--accent); animation: pass 1.6s infinite ease-in-out; }
@keyframes pass { from { transform: translateX(-100%); } to { transform: translateX(250%); } }
@media (prefers-reduced-motion: reduce) { .bar::before { animation: none; width: 100%; opacity: .5; } }
.status { color: var(--muted); }
.error { padding: 12px 14px; border: 1px solid var(--accent); border-radius: var(--radius); background: var(--card); }
.error p { margin: 0; }
.error .title { font-weight: 600; }
.error .code { color: var(--muted); font-size: 12px; overflow-wrap: anywhere; }
.results ul { grid-template-columns: repeat(auto-fill, minmax(min(200px, 46%), 1fr)); }
.result .image { display: block; width: 100%; padding: 0; overflow: hidden; background: var(--line); }
.result .image[aria-pressed="true"] { outline: 2px solid var(--accent); outline-offset: 2px; }
.result img { display: block; width: 100%; }
.result .tools { display: flex; gap: 6px; margin-top: 8px; }
.result .tools button { flex: 1; font-size: 13px; padding: 6px; }
`;
