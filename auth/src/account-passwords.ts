import { randomInt } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";

export type PasswordRules = {
  /** In code points. */
  readonly shortest: number;
  readonly signIn: string;
};

const longest = 256;
const fewestDifferent = 5;
/** Without those that are mistaken for each other. */
const alphabet = "abcdefghjkmnpqrstuvwxyz23456789";

/** Argon2id with the OWASP minimum: 19 MiB, two passes, one lane. */
export function hashPassword(password: string): Promise<string> {
  const argon2id = 2;
  return hash(normalised(password), {
    algorithm: argon2id,
    memoryCost: 19_456,
    timeCost: 2,
    parallelism: 1,
  });
}

export function passwordMatches(
  hashed: string,
  password: string,
): Promise<boolean> {
  return verify(hashed, normalised(password));
}

/**
 * What is wrong with a new password, in words; none if it will do. Length counts,
 * not kinds of characters (NIST SP 800-63B, section 3.1.1).
 */
export function passwordFaults(
  password: string,
  { shortest, signIn }: PasswordRules,
): readonly string[] {
  const points = [...normalised(password)];
  const [name = ""] = signIn.split("@");
  const holdsName = password.toLowerCase().includes(name.toLowerCase());
  const fewest = Math.min(fewestDifferent, shortest - 1);
  return [
    ...(points.length < shortest
      ? [`a password has at least ${shortest} characters`]
      : []),
    ...(points.length > longest
      ? [`a password has at most ${longest} characters`]
      : []),
    ...(points.length >= shortest && new Set(points).size < fewest
      ? ["a password is more than a few characters repeated"]
      : []),
    ...(name !== "" && holdsName
      ? ["a password does not hold the name one signs in with"]
      : []),
  ];
}

/** Of 99 bits, to be read off a screen once. */
export function generatePassword(): string {
  const group = () =>
    Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]);
  return Array.from({ length: 4 }, () => group().join("")).join("-");
}

/** Keyboards write é in one code point or in two. */
function normalised(password: string): string {
  return password.normalize("NFC");
}
