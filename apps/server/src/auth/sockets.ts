import type { Namespace } from 'socket.io';
import type { DisplayAccess } from './access.js';

/**
 * What holds for every socket before anybody is asked who they are: the Host and Origin rule at the handshake, and no namespace but
 * those that a gateway has. The gateways of a process share one server; each says it, whichever there are.
 */
export function guardSockets({ server }: Namespace, access: Pick<DisplayAccess, 'host'>): void {
  server.engine.opts.allowRequest = (request, decide) => {
    const verdict = access.host(request);
    decide(verdict.ok ? null : 'host-refused', verdict.ok);
  };
  server.of('/').use((_socket, next) => next(new Error('unknown namespace')));
}
