/**
 * An address that may be trusted with keys: `https`, or `http` to this very machine.
 * @throws TypeError for any other, unless it is allowed for development.
 */
export function secureUrl(text: string, development: boolean): URL {
  const url = URL.parse(text);
  if (url === null) throw new TypeError("The address is not an absolute URL.");
  const isFit =
    url.protocol === "https:" ||
    (url.protocol === "http:" && (development || isLoopback(url.hostname)));
  if (!isFit)
    throw new TypeError(
      "The address must be https; http is for loopback hosts and development.",
    );
  return url;
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname === "[::1]" ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  );
}
