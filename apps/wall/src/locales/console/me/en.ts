export default {
  password: 'Password',
  rules:
    'At least 10 characters of three kinds (capitals, small letters, digits, signs), without the user name, none of the last 5. Other log-ins end with it.',
  change: 'Change password',
  factorThere: 'There is a second factor already. End it first, with your password, below.',
  factorSays: 'Besides the password, the six digits of an authenticator are asked for.',
  begin: 'Begin',
  scan: 'Scan it with an authenticator, or type the secret below',
  confirm: 'Give the first code and turn it on',
  endFactor: 'Turn it off (asks for the present password)',
  end: 'Turn off',
  othersSays: 'A telephone that was lost, a seat that was left open: all other log-ins can be ended here.',
  others: 'End all other log-ins',
  wrong: 'The present password is another one',
  did: {
    password: 'Changed; other log-ins have ended',
    begun: 'Scan it, then give the first code',
    factor: 'The second factor is on',
    noFactor: 'The second factor is off',
    others: 'All other log-ins have ended',
  },
};
