import { isObject, own } from "./json.ts";
import type { Write } from "./write-leaf.ts";
import type { ObjectShape, Place, Shape } from "./write-shape.ts";

/**
 * The writer of an object as generated code, so that the engine learns place by
 * place what stands there. Into the source go words of this file, numbers, and
 * strings as JSON literals, which no character of theirs can end.
 * @throws EvalError where the runtime forbids code from strings.
 */
export function writeByCode(shape: ObjectShape): Write {
  const page: Page = { constants: [], functions: [] };
  const main = objectCode(page, shape);
  const names = page.constants.map((_, at) => `c${at}`);
  const source = `"use strict";const [${names.join()}]=constants;
${page.functions.join("\n")}
return ${main}`;
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- see above
  const make = new Function("constants", "isObject", "own", source) as (
    constants: readonly Write[],
    ...rest: [typeof isObject, typeof own]
  ) => Write;
  return make(page.constants, isObject, own);
}

/** `c0`, `c1` … are writers made elsewhere, `f0`, `f1` … those written here. */
type Page = { readonly constants: Write[]; readonly functions: string[] };

function objectCode(page: Page, { members, tail }: ObjectShape): string {
  const statements = members.map(({ head, key, ...place }) => {
    const name = JSON.stringify(key);
    return placeCode(page, place, {
      value: key in Object.prototype ? `own(v,${name})` : `v[${name}]`,
      head: (text) => JSON.stringify(head + text),
    });
  });
  return functionOf(
    page,
    `if(!isObject(v))return;let t="",x,y;${statements.join("")}return t+${JSON.stringify(tail)}`,
  );
}

function listCode(page: Page, item: Place): string {
  const statement = placeCode(page, item, {
    value: "v[i]",
    head: (text) =>
      `(i===0?${JSON.stringify(`[${text}`)}:${JSON.stringify(`,${text}`)})`,
  });
  return functionOf(
    page,
    `if(!Array.isArray(v))return;let t="",x,y;for(let i=0;i<v.length;i++){${statement}}return t===""?"[]":t+"]"`,
  );
}

/** Adds to `t`: the head and what follows it, or leaves the function. */
function placeCode(
  page: Page,
  { shape, isRequired }: Place,
  code: {
    readonly value: string;
    readonly head: (text: string) => string;
  },
): string {
  const { quote, write } = shapeCode(page, shape);
  const after = quote && `+'"'`;
  const add = (value: string) =>
    `if((y=${write}(${value}))===undefined)return;t+=${code.head(quote)}+y${after};`;
  return isRequired
    ? add(code.value)
    : `if((x=${code.value})==null)t+=${code.head("null")};else{${add("x")}}`;
}

function shapeCode(
  page: Page,
  shape: Shape,
): { readonly quote: string; readonly write: string } {
  switch (shape.kind) {
    case "written": {
      const { quote, write } = shape.written;
      return { quote, write: `c${page.constants.push(write) - 1}` };
    }
    case "list":
      return { quote: "", write: listCode(page, shape.item) };
    case "object":
      return { quote: "", write: objectCode(page, shape.object) };
  }
}

function functionOf({ functions }: Page, body: string): string {
  const name = `f${functions.length}`;
  functions.push(`function ${name}(v){${body}}`);
  return name;
}
