/**
 * Loads a package of this folder by a name that is not known when types are checked:
 * then it need not be installed. The caller says what it uses of it.
 */
export async function loadPackage<Used>(name: string): Promise<Used> {
  return (await import(name)) as Used;
}
