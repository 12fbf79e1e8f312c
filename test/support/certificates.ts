/**
 * Certificates for tests, made by openssl: an authority, a server's for 127.0.0.1 and localhost, a client's.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificates {
  /** folder of `ca.pem`, and of `<name>.pem` and `<name>.key` of everybody signed */
  readonly dir: string;
  path(file: string): string;
  /** Makes a key and a certificate of this name. */
  sign(name: string): void;
  remove(): void;
}

/** An authority of its own with a certificate for `server`. */
export function makeCertificates(): Certificates {
  const dir = mkdtempSync(join(tmpdir(), 'citywall-certificates-'));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=Test authority',
  );
  const sign = (name: string) => {
    openssl('req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    writeFileSync(join(dir, 'names'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
    const issuer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
    openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, ...issuer);
  };
  sign('server');
  return {
    dir,
    path: (file) => join(dir, file),
    sign,
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
