// Finds the host in a database connection string, for names such as `orders@db.example.com`.

/** Scheme of a URL; what has none may still begin with `//`. */
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/;

/** Characters that may stand in the authority of a URL. */
const AUTHORITY = /^[\w\-.~!$&'()*+,;=:@[\]<>"%\u0080-\uffff]*$/;

/**
 * @param connectionString such as `jdbc:mysql://user@db.example.com:3306/x`
 * @returns `db.example.com`; an IPv6 address without its brackets; undefined when the text is no URL with a host
 * @example databaseHost('mysql://[2001:db8::7]:3306/x') // '2001:db8::7'
 */
export function databaseHost(connectionString: string): string | undefined {
  const url = connectionString.startsWith('jdbc:')
    ? connectionString.slice('jdbc:'.length)
    : connectionString;
  const rest = url.split(/[?#]/, 1)[0]!.replace(SCHEME, '');
  if (!rest.startsWith('//')) return undefined;
  const authority = rest.slice(2).split('/', 1)[0]!;
  if (!AUTHORITY.test(authority)) return undefined;
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  return withoutPort(host) || undefined;
}

/** @returns undefined when what follows the last colon is no port */
function withoutPort(host: string): string | undefined {
  if (host.startsWith('[')) return /^\[([^\]]*)\](?::\d*)?$/.exec(host)?.[1];
  const colon = host.lastIndexOf(':');
  if (colon < 0) return host;
  return /^\d*$/.test(host.slice(colon + 1)) ? host.slice(0, colon) : undefined;
}
