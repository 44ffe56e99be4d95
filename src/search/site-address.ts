/** A site as its operator writes it: "https://docs.example/guide" is a folder. Undefined for what is no web address. */
export function siteAddress(text: string): URL | undefined {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) return undefined;
  url.username = url.password = url.search = url.hash = '';
  if (!/\/[^/]*\.[^/]*$/.test(url.pathname)) url.pathname = url.pathname.replace(/\/?$/, '/');
  return url;
}
