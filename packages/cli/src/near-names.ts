import { suggestionList } from "@apollo/federation-internals";

/** `Did you mean a or b?`, with a space before it; nothing when no name is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  const near = suggestionList(name, known).slice(0, 3);
  return near.length === 0 ? "" : ` Did you mean ${near.join(" or ")}?`;
}
