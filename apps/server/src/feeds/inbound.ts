import type { Message } from '@citywall/mapping';

/** A message as it came over one connection, waiting for its batch. */
export interface InboundMessage extends Message {
  /** 2 is never subscribed */
  qos: 0 | 1;
  /** the broker had sent it before and saw no acknowledgement, or may have */
  dup: boolean;
  /** MQTT packet id; 0 at QoS 0 */
  packetId: number;
  /** number of the network connection it came over: acknowledging it on another one would acknowledge something else */
  epoch: number;
}

/** Where a gateway puts messages, and who says when to stop reading. */
export interface MessageSink {
  offer(message: InboundMessage): void;
  /** true: the socket is not to be read until `onReady` */
  readonly held: boolean;
  /** Calls back once, when it is no longer held. */
  onReady(callback: () => void): void;
}
