/** Markup that is safe to send. Only `html` makes it. */
export type Html = { readonly markup: string };

type Value = string | number | Html | readonly Html[] | false | undefined;

/** A template whose values are escaped, for text and quoted attributes; markup stays. */
export function html(
  strings: TemplateStringsArray,
  ...values: readonly Value[]
): Html {
  const parts = strings.map((text, i) => text + render(values[i]));
  return { markup: parts.join("") };
}

/** Markup somebody else escaped. */
export function trusted(markup: string): Html {
  return { markup };
}

function render(value: Value): string {
  if (value === false || value === undefined) return "";
  if (typeof value === "string" || typeof value === "number")
    return escape(String(value));
  if ("markup" in value) return value.markup;
  return value.map(({ markup }) => markup).join("");
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
