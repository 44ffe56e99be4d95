/** `Ctrl` stands for the key that an Apple keyboard has in its place. */
type Key = 'Ctrl' | 'Shift' | 'Enter' | 'Esc' | 'K' | 'O' | '?';
type Shortcut = readonly [chord: readonly Key[], meaning: string];

const chat: readonly Shortcut[] = [
  [['Enter'], 'Send the question'],
  [['Shift', 'Enter'], 'A new line in it'],
  [['Esc'], 'Stop the answer'],
  [['Ctrl', 'K'], 'Chats, with a search in all of them'],
  [['Ctrl', 'Shift', 'O'], 'New chat'],
];
const editing: readonly Shortcut[] = [
  [['Enter'], 'Ask what is written now'],
  [['Esc'], 'Leave the question as it was'],
];
const everywhere: readonly Shortcut[] = [
  [['?'], 'This list, while no field has the focus'],
  [['Esc'], 'Close what is open on top, or take back a button that asks once more'],
];

export const shortcuts = {
  title: 'Keyboard shortcuts',
  open: 'Show the keyboard shortcuts',
  lead: 'Everything can be reached with Tab and Enter; these keys are faster.',
  groups: [
    { title: 'Chat', keys: chat },
    { title: 'While a question is edited', keys: editing },
    { title: 'On every page', keys: everywhere },
  ],
  chord: (chord: readonly Key[], onApple: boolean): string[] =>
    chord.map(key => (key === 'Ctrl' && onApple ? '⌘' : key)),
  byKey: 'The ? key opens this list',
};
