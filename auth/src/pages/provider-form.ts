/**
 * Where a form of the provider goes, and its forgery token. Its markup has no
 * labels and an inline script, so the pages draw their own.
 */
export function readProviderForm(form: string) {
  return {
    action: /<form [^>]*action="([^"]*)"/.exec(form)?.[1] ?? "",
    xsrf: /name="xsrf" value="([^"]*)"/.exec(form)?.[1] ?? "",
  };
}
