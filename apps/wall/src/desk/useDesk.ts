import {
  DESK_EVENTS,
  DESK_VERSION,
  type DeskAlarm,
  type DeskNews,
  type FollowReply,
  type Presence,
} from '@citywall/protocol';
import { defineStore } from 'pinia';
import { computed, ref, shallowRef, triggerRef } from 'vue';
import { ApiError, ask } from '../console/api.js';
import { useConsole } from '../console/session.js';
import { type DeskSocket, openDeskSocket } from '../transport/deskSocket.js';
import { alarmOf } from './answer.js';
import { AlarmBook } from './book.js';
import { figuresOf } from './figures.js';
import { type DeskAct, Handling } from './handling.js';
import { isUrgent, type SoundState, Sounds } from './sound.js';
import { Speaker } from './speaker.js';

/** How often clocks, waiting answers and sound are looked at, ms. */
const TICK_MS = 250;
/** A desk whose server closed it asks again after so long, ms. */
const AGAIN_MS = 2_000;

/** Alarms, live, on whichever page of the console somebody is: the list, what is done to it, and what is heard. */
export const useDesk = defineStore('desk', () => {
  const seat = useConsole();
  const book = shallowRef(new AlarmBook());
  const handling = shallowRef(new Handling());
  const presence = shallowRef<readonly Presence[]>([]);
  /** the list is live; false: what stands there is what was last heard */
  const live = ref(false);
  /** server's clock minus this computer's, ms */
  const skew = ref(0);
  const now = ref(Date.now());
  const sound = shallowRef<SoundState>({ is: 'blocked' });
  const ringing = ref(false);
  const sounds = new Sounds();
  const speaker = new Speaker();
  let socket: DeskSocket | null = null;
  let timer: ReturnType<typeof setInterval> | null = null;
  let again: ReturnType<typeof setTimeout> | undefined;
  let mine: string | null = null;

  const alarms = computed(() => {
    const me = seat.user ?? '';
    return [...book.value.values()].map((alarm) => handling.value.show(alarm, me));
  });
  const figures = computed(() => figuresOf(alarms.value, now.value));
  const open = computed(() => figures.value.unacknowledged);

  function take(news: DeskNews): void {
    skew.value = news.at - Date.now();
    const whole = news.first || !book.value.heard;
    const shown = book.value.take(news) !== null;
    // who just sat down is not rung at for what stood there before
    if (!whole)
      sounds.hear(
        news.announced.map((id) => book.value.get(id)),
        news.flood.since !== null,
      );
    if (shown) {
      live.value = true;
      if (news.set.some(({ origin }) => origin === 'simulated')) seat.simulated = true;
      triggerRef(book);
    }
  }

  async function follow(): Promise<void> {
    const reply = (await socket
      ?.timeout(5_000)
      .emitWithAck(DESK_EVENTS.follow, { v: DESK_VERSION })
      .catch(() => null)) as FollowReply | null | undefined;
    if (reply?.ok) {
      if (mine !== null) socket?.emit(DESK_EVENTS.looking, mine);
    } else if (reply?.reason === 'version') location.reload();
    else if (reply) await seat.heard(seat.load()).catch(() => {});
    else retry();
  }

  function retry(): void {
    clearTimeout(again);
    again = setTimeout(() => {
      if (socket === null) return;
      if (socket.connected) void follow();
      else socket.connect();
    }, AGAIN_MS);
  }

  function tick(): void {
    now.value = Date.now() + skew.value;
    if (handling.value.expire(Date.now()).length > 0) triggerRef(handling);
    const next = sounds.step(alarms.value.some(isUrgent), speaker.blocked, Date.now());
    speaker.urgent(next.urgent);
    if (next.chime) speaker.chime();
    ringing.value = next.urgent;
    if (JSON.stringify(next.state) !== JSON.stringify(sound.value)) sound.value = next.state;
  }

  const unlock = () => speaker.open();

  /** Follows the alarms; again while it does: nothing. */
  function start(): void {
    if (socket !== null) return;
    speaker.open();
    window.addEventListener('keydown', unlock);
    window.addEventListener('pointerdown', unlock);
    socket = openDeskSocket();
    socket.on('connect', () => void follow());
    socket.on('disconnect', (why: string) => {
      live.value = false;
      if (why === 'io server disconnect') retry();
    });
    socket.on(DESK_EVENTS.alarms, take);
    socket.on(DESK_EVENTS.presence, (all: Presence[]) => {
      presence.value = all;
    });
    socket.on(DESK_EVENTS.close, (why: string) => {
      if (why === 'unauthorized') void seat.heard(seat.load()).catch(() => {});
    });
    timer = setInterval(tick, TICK_MS);
  }

  function stop(): void {
    socket?.disconnect();
    socket = null;
    if (timer !== null) clearInterval(timer);
    timer = null;
    clearTimeout(again);
    window.removeEventListener('keydown', unlock);
    window.removeEventListener('pointerdown', unlock);
    speaker.close();
    book.value = new AlarmBook();
    handling.value = new Handling();
    presence.value = [];
    live.value = false;
  }

  /** Tells the others which alarm is selected here. */
  function look(id: string | null): void {
    if (id === mine) return;
    if (mine !== null) handling.value.forget(mine);
    mine = id;
    if (live.value) socket?.emit(DESK_EVENTS.looking, id);
  }

  /** Does something to an alarm: shown at once, taken back where the server says no. @returns whether it was done */
  async function act(alarm: DeskAlarm, what: DeskAct): Promise<boolean> {
    const flight = handling.value.begin(book.value.get(alarm.id) ?? alarm, what, Date.now());
    if (flight === null) return false;
    triggerRef(handling);
    const { do: verb, ...body } = what;
    try {
      const answer = await seat.heard(
        ask<Record<string, unknown>>(`alarms/${encodeURIComponent(alarm.id)}/${verb}`, {
          method: 'POST',
          body: { ...body, version: flight.version },
          // what is done as the page is left is done all the same
          keepalive: true,
        }),
      );
      const told = alarmOf(answer);
      if (told !== null && book.value.answer(told)) triggerRef(book);
      handling.value.done(flight);
      return true;
    } catch (error) {
      const told = error instanceof ApiError ? alarmOf(error.body.alarm) : null;
      if (told !== null && book.value.answer(told)) triggerRef(book);
      if (error instanceof ApiError && error.reason === 'unreachable') handling.value.expireNow(flight);
      else
        handling.value.refuse(
          flight,
          messageOf(error),
          error instanceof ApiError && error.reason === 'conflict' ? told : null,
        );
      return false;
    } finally {
      triggerRef(handling);
    }
  }

  /** Acknowledges several at once; one that somebody else was first at stops no other. */
  async function acknowledgeMany(members: readonly DeskAlarm[]): Promise<void> {
    const now = Date.now();
    const flights = new Map(
      members.flatMap((alarm) => {
        const flight = handling.value.begin(book.value.get(alarm.id) ?? alarm, { do: 'ack' }, now);
        return flight === null ? [] : [[alarm.id, flight] as const];
      }),
    );
    triggerRef(handling);
    const items = [...flights.values()].map(({ id, version }) => ({ id, version }));
    try {
      const answer = await seat.heard(
        ask<{ items: { id: string; result: string; alarm: unknown }[] }>('alarms/ack', {
          method: 'POST',
          body: { items },
        }),
      );
      for (const { id, result, alarm } of answer.items) {
        const flight = flights.get(id);
        const told = alarmOf(alarm);
        if (told !== null && book.value.answer(told)) triggerRef(book);
        if (flight === undefined) continue;
        if (result === 'done') handling.value.done(flight);
        else handling.value.refuse(flight, result, result === 'changed' || result === 'already' ? told : null);
      }
    } catch (error) {
      for (const flight of flights.values()) handling.value.refuse(flight, messageOf(error), null);
    } finally {
      triggerRef(handling);
    }
  }

  function toggleSound(): void {
    speaker.open();
    sounds.toggle(Date.now());
    tick();
  }

  return {
    book,
    handling,
    alarms,
    figures,
    open,
    presence,
    live,
    now,
    sound,
    ringing,
    start,
    stop,
    look,
    act,
    acknowledgeMany,
    toggleSound,
  };
});

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
