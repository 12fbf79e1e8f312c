import { describe, expect, it } from '@jest/globals';
import { type KeyEvent, keyName } from '../../../../../apps/wall/src/console/keys.js';

const press = (key: string, more: Partial<KeyEvent> = {}) =>
  keyName({
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    isComposing: false,
    target: { tagName: 'BODY' },
    ...more,
  });

describe('keyName', () => {
  it('names keys without regard to capitals', () => {
    expect(press('R')).toBe('r');
    expect(press('?')).toBe('?');
    expect(press('ArrowDown')).toBe('ArrowDown');
  });
  it('single letters are off while typing; Esc and what has Ctrl still work', () => {
    for (const tagName of ['INPUT', 'TEXTAREA', 'SELECT']) {
      expect(press('r', { target: { tagName } })).toBeNull();
      expect(press('ArrowDown', { target: { tagName } })).toBeNull();
      expect(press('Escape', { target: { tagName } })).toBe('Escape');
      expect(press('Enter', { ctrlKey: true, target: { tagName } })).toBe('Ctrl+Enter');
    }
    expect(press('r', { target: { tagName: 'INPUT', type: 'checkbox' } })).toBe('r');
    expect(press('r', { target: { tagName: 'DIV', isContentEditable: true } })).toBeNull();
  });
  it('leaves a composing input method, Alt and a focused button alone', () => {
    expect(press('e', { isComposing: true })).toBeNull();
    expect(press('e', { altKey: true })).toBeNull();
    expect(press('Enter', { target: { tagName: 'BUTTON' } })).toBeNull();
    expect(press('e', { target: { tagName: 'BUTTON' } })).toBe('e');
  });
  it('does not take the browser’s own: Ctrl with a letter is another key', () => {
    expect(press('r', { ctrlKey: true })).toBe('Ctrl+r');
  });
});
