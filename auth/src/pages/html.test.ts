import { expect, test } from "@jest/globals";
import { html, trusted } from "./html.ts";

test("values are text, whatever they contain; markup stays markup", () => {
  const name = `<b onclick="x('y')">&`;
  const items = [html`<li>${1}</li>`, html`<li>${false}${undefined}</li>`];
  const page = html`<p title="${name}">${trusted("<hr>")}</p>
    ${items}`;
  expect(page.markup).toBe(
    `<p title="&#60;b onclick=&#34;x(&#39;y&#39;)&#34;&#62;&#38;"><hr></p>
    <li>1</li><li></li>`,
  );
});
