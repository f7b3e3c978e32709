/**
 * Contrast of text 4.5:1 or better, of borders and focus 3:1, in light and dark;
 * whatever is pressed is 44 pixels high; at 320 pixels nothing is cut off.
 */
export const style = `
:root { color-scheme: light dark; --ink: #1a1f27; --soft: #566070; --paper: #f3f5f8; --card: #fff; --edge: #dfe3ea; --line: #858e9b; --main: #1d5bbf; --main-down: #17499a; --on-main: #fff; --bad: #a4161a; --bad-paper: #fdeeee; --note: #6b4a00; --note-paper: #fff6dc; }
@media (prefers-color-scheme: dark) { :root { --ink: #e9ecf1; --soft: #a8b1bf; --paper: #12151b; --card: #1b2029; --edge: #2d3440; --line: #7f8a9a; --main: #8cb8ff; --main-down: #b0ceff; --on-main: #0f1520; --bad: #ffa3a3; --bad-paper: #3a1e21; --note: #f3d58b; --note-paper: #322a16; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; padding: 0 0 2rem; background: var(--card); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
.brand { width: 3rem; margin: 1.5rem 1.25rem 0; padding: .5rem 0; border-radius: .75rem; background: var(--main); color: var(--on-main); font-weight: 700; text-align: center; letter-spacing: .03em; }
main { max-width: 27rem; margin: 0 auto; }
.card { padding: 1.25rem; }
h1 { font-size: 1.5rem; line-height: 1.25; letter-spacing: -.01em; margin: 0 0 .5rem; hyphens: auto; }
h2 { font-size: 1rem; line-height: 1.4; margin: 1.5rem 0 .25rem; }
p { margin: 0 0 1rem; }
.card > :last-child, .alert p { margin-bottom: 0; }
.soft, .hint { color: var(--soft); }
form { margin-top: 1.5rem; }
label { display: block; font-weight: 600; margin-bottom: .375rem; }
input { display: block; width: 100%; min-height: 3rem; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .5rem .875rem; margin-bottom: 1.25rem; }
input[aria-invalid] { border: 2px solid var(--bad); padding: calc(.5rem - 1px) calc(.875rem - 1px); }
input.code { margin-bottom: .375rem; text-transform: uppercase; }
.hint { font-size: .875rem; margin-bottom: 1.25rem; }
.code { font: 600 1.375rem/1.5 ui-monospace, monospace; letter-spacing: .12em; }
p.code { margin: 0 0 1.25rem; padding: .75rem; border: 1px dashed var(--line); border-radius: .5rem; text-align: center; }
button { font: inherit; font-weight: 600; width: 100%; min-height: 3rem; padding: .5rem 1rem; border: 1px solid var(--main); border-radius: .5rem; background: var(--main); color: var(--on-main); cursor: pointer; }
button:hover { background: var(--main-down); border-color: var(--main-down); }
button.second { background: transparent; border-color: var(--line); color: var(--ink); }
button.second:hover { background: var(--paper); }
button.quiet { border-color: transparent; }
form + form { margin-top: .75rem; }
.choice { display: flex; flex-wrap: wrap; gap: .75rem; }
.choice button { flex: 1 0 40%; width: auto; white-space: nowrap; }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }
input:focus-visible { outline-offset: 0; }
.alert, .caution { border: 1px solid; border-radius: .5rem; padding: .75rem 1rem; margin: 1rem 0; }
.alert { background: var(--bad-paper); color: var(--bad); }
.caution { background: var(--note-paper); color: var(--note); }
ul { list-style: none; margin: 0; padding: 0; }
.scopes li { padding: .625rem 0; }
.scopes li + li { border-top: 1px solid var(--edge); }
code { font-family: ui-monospace, monospace; }
.scopes code { display: block; font-size: .8125rem; color: var(--soft); }
.below { margin: 0 1.25rem; font-size: .875rem; }
.demo { margin: 1rem 1.25rem; overflow-wrap: anywhere; }
.demo h2 { margin: 0; }
.demo p { margin: 0 0 .5rem; }
.demo a { display: block; padding: .625rem 0; border-top: 1px solid var(--edge); color: inherit; text-decoration: none; }
.demo a strong { font-weight: 500; color: var(--main); text-decoration: underline; text-underline-offset: .2em; }
.demo span { display: block; font-size: .875rem; color: var(--soft); }
@media (min-width: 30rem) {
  body { background: var(--paper); padding-top: clamp(0rem, 8vh - 1rem, 5rem); }
  .brand { margin: 1.5rem auto; }
  .card { background: var(--card); border: 1px solid var(--edge); border-radius: 1rem; padding: 2.25rem; box-shadow: 0 1px 2px rgb(0 0 0 / .04), 0 8px 24px rgb(0 0 0 / .06); }
  .demo, .below { margin: 1.5rem 2.25rem 0; }
}
`;
