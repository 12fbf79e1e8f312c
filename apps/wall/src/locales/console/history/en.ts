export default {
  list: 'History',
  figures: 'Figures',
  span: 'Last',
  kind: 'What happened',
  words: 'Subject, person, words',
  said: 'Reason / note',
  cut: 'Too many entries: the newest {n} are counted, since {from}',
};
