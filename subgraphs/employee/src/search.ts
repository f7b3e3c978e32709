/**
 * How people are found and sorted by text: case and diacritics folded, letters
 * that do not decompose spelled out. Stored beside the person, because the
 * database has no immutable function that does the same.
 */
export function fold(text: string): string {
  return text
    .toLowerCase()
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .replace(/[łøđıßæœþ’]/g, (letter) => spelled[letter] ?? letter)
    .replace(/\s+/g, " ")
    .trim();
}

type Searchable = {
  readonly givenName: string;
  readonly familyName: string;
  readonly preferredName: string | null;
  readonly workEmail: string;
  readonly employeeNumber: string;
};

/** One folded term a line, each line begun and ended by a line feed, so that whole terms and their beginnings can be matched. */
export function searchText(person: Searchable): string {
  const { givenName, familyName, preferredName } = person;
  const terms = [
    ...[givenName, familyName, preferredName ?? ""],
    ...[`${givenName} ${familyName}`, `${familyName} ${givenName}`],
    ...[person.workEmail, person.employeeNumber],
  ].map(fold);
  return `\n${[...new Set(terms.filter(Boolean))].join("\n")}\n`;
}

/** Family name first; a one-word name sorts by that word. */
export function sortName({
  givenName,
  familyName,
}: Pick<Searchable, "givenName" | "familyName">): string {
  return familyName === ""
    ? fold(givenName)
    : `${fold(familyName)}, ${fold(givenName)}`;
}

const spelled: Readonly<Record<string, string>> = {
  ...{ ł: "l", ø: "o", đ: "d", ı: "i", ß: "ss" },
  ...{ æ: "ae", œ: "oe", þ: "th", "’": "'" },
};
