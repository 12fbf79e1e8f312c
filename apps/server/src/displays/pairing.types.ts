/** A display that shows a code and waits. Times are Unix ms. */
export interface WaitingDisplay {
  code: string;
  /** client's address, and what its browser calls itself */
  address: string;
  agent: string;
  at: number;
}

/** A display that was paired: it may watch until somebody revokes it. Times are Unix ms. */
export interface PairedDisplay {
  /** short, for lists and revocation; no secret */
  id: string;
  /** as whoever paired it called it: 大厅左屏 */
  name: string;
  pairedAt: number;
  /** account */
  pairedBy: string;
  agent: string;
  /** addresses its token was used from, the first one the one it was paired at; at most {@link MAX_ADDRESSES} */
  addresses: { address: string; firstAt: number; lastAt: number }[];
}

export const MAX_ADDRESSES = 8;

/** What {@link PairingRepository} offers; tests bring one in memory. */
export interface PairingStore {
  /** False: another display shows this code. @param ttl ms */
  putWaiting(hash: string, waiting: WaitingDisplay, ttl: number): Promise<boolean>;
  waiting(hash: string): Promise<WaitingDisplay | null>;
  /** Takes a code: no other caller gets it. @returns hash of the display that shows it */
  takeCode(code: string): Promise<string | null>;
  paired(hash: string): Promise<PairedDisplay | null>;
  allPaired(): Promise<[hash: string, display: PairedDisplay][]>;
  addPaired(hash: string, display: PairedDisplay): Promise<void>;
  /** Only one that still is: a revoked one must not come back. */
  updatePaired(hash: string, display: PairedDisplay): Promise<void>;
  /** False: it was gone already. */
  dropPaired(hash: string): Promise<boolean>;
}
