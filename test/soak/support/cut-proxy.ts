import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A cable between a display and its server that can be pulled. While it is out no byte passes and no end is told, as with a
 * pulled plug, and who connects anew gets no answer; plugged in again, the connections of before are broken.
 */
export class CutProxy {
  private readonly server: Server;
  private readonly ends = new Set<Socket>();
  private out = false;

  private constructor(target: number) {
    this.server = createServer((near) => {
      this.keep(near);
      if (this.out) {
        near.pause();
        return;
      }
      const far = connect(target, '127.0.0.1');
      this.keep(far);
      near.on('close', () => far.destroy());
      far.on('close', () => near.destroy());
      near.on('data', (bytes) => this.pass(far, bytes));
      far.on('data', (bytes) => this.pass(near, bytes));
    });
  }

  static async before(target: number): Promise<CutProxy> {
    const proxy = new CutProxy(target);
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  pull(): void {
    this.out = true;
  }

  plug(): void {
    this.out = false;
    for (const end of [...this.ends]) end.destroy();
  }

  async close(): Promise<void> {
    for (const end of [...this.ends]) end.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private keep(end: Socket): void {
    this.ends.add(end);
    end.on('error', () => end.destroy());
    end.on('close', () => this.ends.delete(end));
  }

  private pass(to: Socket, bytes: Buffer): void {
    if (!this.out) to.write(bytes);
  }
}
