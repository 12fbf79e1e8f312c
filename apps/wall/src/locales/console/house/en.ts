export default {
  walls: 'What the walls show',
  more: 'as the screens report it · all displays',
  feeds: 'Systems',
  counts: '{all} systems · {live} live · {partial} partial · {silent} silent · {waiting} waiting',
  unknown: 'The server does not answer',
};
