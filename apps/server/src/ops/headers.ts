import helmet from 'helmet';

type Middleware = ReturnType<typeof helmet>;

/** What the wall may load: its own files, and nothing else from anywhere (design §14). */
export const CONTENT_SECURITY_POLICY = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:', 'blob:'],
  'font-src': ["'self'"],
  'connect-src': ["'self'"],
  // camera pictures: hls.js fetches them (connect-src) and plays its own MediaSource, which is a blob; no worker, no eval
  'media-src': ['blob:'],
  'frame-ancestors': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
};

/**
 * Security headers of every response.
 * @param secure the server is reached over TLS (its own or the proxy's): browsers are told to stay with it
 * @param inlineStyle only for the API's documentation page, whose own style is inline
 */
export function securityHeaders(options: { secure: boolean; inlineStyle?: boolean }): Middleware {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        ...CONTENT_SECURITY_POLICY,
        ...(options.inlineStyle ? { 'style-src': ["'self'", "'unsafe-inline'"] } : {}),
      },
    },
    strictTransportSecurity: options.secure ? { maxAge: 180 * 86_400, includeSubDomains: false } : false,
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
  });
}
