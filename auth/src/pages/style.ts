/** Contrast of text 4.5:1 or better, of borders and focus 3:1, in light and dark. */
export const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --paper: #f6f7f9; --card: #fff; --line: #868e96; --main: #1a56a8; --on-main: #fff; --bad: #a4161a; --bad-paper: #fdecec; --demo: #fff6d6; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --soft: #a9b1ba; --paper: #16191d; --card: #1f2329; --line: #7d8590; --main: #8ab8ff; --on-main: #10141a; --bad: #ff9c9c; --bad-paper: #3a1d1f; --demo: #37321c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 27rem; margin: 0 auto; padding: clamp(1rem, 6vh, 4rem) 1rem 2rem; }
.card { background: var(--card); border: 1px solid color-mix(in srgb, var(--line) 40%, transparent); border-radius: .75rem; padding: 1.5rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1rem; margin: 0; }
p { margin: .25rem 0 1rem; }
.soft { color: var(--soft); }
label { display: block; font-weight: 600; margin: 0 0 .25rem; }
input { display: block; width: 100%; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .375rem; padding: .625rem .75rem; margin: 0 0 1rem; }
input[aria-invalid] { border: 2px solid var(--bad); }
button { font: inherit; font-weight: 600; min-height: 2.75rem; padding: .5rem 1rem; border-radius: .375rem; border: 1px solid var(--main); background: var(--main); color: var(--on-main); cursor: pointer; width: 100%; }
button.second { background: transparent; color: var(--main); margin-top: .75rem; }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }
a { color: var(--main); }
.alert { border-left: .375rem solid var(--bad); background: var(--bad-paper); color: var(--bad); border-radius: .25rem; padding: .75rem 1rem; margin: 1rem 0; }
.alert p { margin: 0; }
.demo { background: var(--demo); border: 2px dashed var(--line); border-radius: .75rem; padding: 1rem; margin-top: 1.5rem; overflow-wrap: anywhere; }
.demo ul, .scopes { list-style: none; margin: .5rem 0 0; padding: 0; }
.demo li { padding: .375rem 0; }
.demo li span { display: block; font-size: .875rem; color: var(--soft); }
.scopes li { padding: .5rem 0; border-top: 1px solid color-mix(in srgb, var(--line) 40%, transparent); }
.scopes code { display: block; font-size: .8125rem; color: var(--soft); overflow-wrap: anywhere; }
.scopes { margin-bottom: 1rem; }
code { font-family: ui-monospace, monospace; }
`;
