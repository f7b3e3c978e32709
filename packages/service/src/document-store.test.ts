import { describe, expect, test } from "@jest/globals";
import { parse } from "graphql";
import { createDocumentStore } from "./document-store.ts";

const texts = ["{ a }", "{ b }", "{ c }"] as const;
const [a, b, c] = texts;

async function filled(bounds: Parameters<typeof createDocumentStore>[0]) {
  const store = createDocumentStore(bounds);
  const add = (text: string) => store.set(`key of ${text}`, parse(text));
  await add(a);
  await add(b);
  const held = () => texts.filter((text) => store.find(text) !== undefined);
  return { store, add, held };
}

describe("a document", () => {
  test("is found by its text and by its key, as the same one", async () => {
    const { store } = await filled({});
    expect(store.find(a)).toMatchObject({ kind: "Document" });
    expect(store.find(a)).toBe(await store.get(`key of ${a}`));
    expect(store.find(c)).toBeUndefined();
    expect(await store.get(`key of ${c}`)).toBeUndefined();
  });

  test("is forgotten when there are too many and it was not asked for longest", async () => {
    const { store, add, held } = await filled({ documents: 2 });
    store.find(a);
    await add(c);
    expect(held()).toEqual([a, c]);
    expect(await store.get(`key of ${b}`)).toBeUndefined();
    await store.get(`key of ${a}`);
    await add(b);
    expect(held()).toEqual([a, b]);
  });

  test("is forgotten when the texts together are too long, and one too long by itself is not kept", async () => {
    const { add, held } = await filled({ characters: 12 });
    expect(held()).toEqual([a, b]);
    await add("{ much too long }");
    expect(held()).toEqual([a, b]);
    await add(c);
    expect(held()).toEqual([b, c]);
  });

  test("counts once, however often it is kept, and no more once it is deleted", async () => {
    const { store, add, held } = await filled({ characters: 12 });
    await add(a);
    expect(held()).toEqual([a, b]);
    expect(await store.delete(`key of ${a}`)).toBe(true);
    await add(c);
    expect(held()).toEqual([b, c]);
  });

  test("without its text is not kept", async () => {
    const { store, held } = await filled({});
    await store.set("key", parse(c, { noLocation: true }));
    expect(held()).toEqual([a, b]);
    expect(await store.get("key")).toBeUndefined();
  });
});
