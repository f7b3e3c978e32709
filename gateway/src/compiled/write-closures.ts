import { isObject, own } from "./json.ts";
import type { Write, Written } from "./write-leaf.ts";
import type { ObjectShape, Place, Shape } from "./write-shape.ts";

/** The writer of an object, without generated code. */
export function writeByClosures({ members, tail }: ObjectShape): Write {
  const parts = members.map(({ head, key, ...place }) => ({
    key,
    isInherited: key in Object.prototype,
    write: placeWriter(place, head),
  }));
  return (value) => {
    if (!isObject(value)) return undefined;
    let text = "";
    for (const { key, isInherited, write } of parts) {
      const part = write(isInherited ? own(value, key) : value[key]);
      if (part === undefined) return undefined;
      text += part;
    }
    return text + tail;
  };
}

function placeWriter({ shape, isRequired }: Place, head: string): Write {
  const { quote, write } = shapeWriter(shape);
  const before = head + quote;
  const empty = isRequired ? undefined : `${head}null`;
  return (value) => {
    if (value === null || value === undefined) return empty;
    const text = write(value);
    return text === undefined ? undefined : before + text + quote;
  };
}

function shapeWriter(shape: Shape): Written {
  switch (shape.kind) {
    case "written":
      return shape.written;
    case "list":
      return { quote: "", write: listWriter(shape.item) };
    case "object":
      return { quote: "", write: writeByClosures(shape.object) };
  }
}

function listWriter(item: Place): Write {
  const first = placeWriter(item, "[");
  const other = placeWriter(item, ",");
  return (value) => {
    if (!Array.isArray(value)) return undefined;
    let text = "";
    for (const one of value as readonly unknown[]) {
      const part = text === "" ? first(one) : other(one);
      if (part === undefined) return undefined;
      text += part;
    }
    return text === "" ? "[]" : `${text}]`;
  };
}
