/** The bundled list of common passwords: frequent ones from leaked collections, and those that users choose when told to add a
 *  capital and a digit. Stored in parts: base words, alone and with each of the usual endings, and complete passwords. Folded to
 *  lower case, so `Password1`, `PASSWORD1` and `password1` are one entry. Passwords of fewer than 8 characters are missing, because
 *  their length is refused anyway. Always the same list, about 19,000 entries. */

const WORDS =
  `password passw0rd p@ssword p@ssw0rd pa55word pa55w0rd pass passwort motdepasse contrasena parola senha
  qwerty qwertz azerty qwertyuiop asdf asdfgh asdfghjkl zxcv zxcvbn zxcvbnm qwer qazwsx qweasd qweasdzxc
  abc abcd abcde abcdef abcdefg abcdefgh aaa aaaa xxx test testing tester demo guest user admin administrator root
  login letmein welcome hello changeme change default secret master access system server computer internet
  parley google facebook twitter linkedin instagram amazon microsoft windows apple samsung iphone android
  iloveyou loveyou loveme love lovely lover sweetheart sweety honey darling baby babygirl babyboy angel princess
  prince queen king kitty hellokitty cutie friends forever family mother father mummy daddy sister brother
  monkey dragon tiger lion panther eagle falcon wolf bear shark snake horse pony puppy doggy kitten cookie
  pepper ginger smokey shadow bandit buster tigger snoopy garfield mickey minnie donald pokemon pikachu naruto
  superman batman spiderman ironman wolverine joker starwars starwar matrix startrek hobbit gandalf merlin wizard
  football soccer baseball basketball hockey tennis golf cricket rugby racing ferrari mustang porsche corvette
  chelsea arsenal liverpool barcelona juventus realmadrid manchester everton celtic rangers yankees cowboys
  steelers lakers eagles packers broncos raiders
  sunshine summer winter spring autumn flower rainbow butterfly diamond silver golden orange purple yellow
  chocolate banana cherry peanut coffee cheese whatever nothing trustno freedom liberty america england london
  paris berlin germany france espana italia canada mexico brasil india
  january february march april june july august september october november december
  monday tuesday wednesday thursday friday saturday sunday
  michael jennifer jessica ashley matthew joshua andrew daniel charlie thomas robert william jordan michelle
  nicole amanda anthony alexander samantha elizabeth stephanie victoria jasmine taylor hannah brandon justin
  george richard patrick martin maggie maria anna natasha
  killer hunter soldier warrior ranger gunner player gamer hacker ninja pirate samurai cowboy rockstar guitar
  music metallica nirvana slipknot eminem beatles blink cheer lucky happy smile sexy hottie bigdog money
  jesus christ blessed heaven genesis trinity mustafa company office manager business school student teacher`
    .split(/\s+/)
    .filter((word) => word !== '');

const ENDINGS =
  `1 2 3 7 9 01 007 10 11 12 13 21 22 23 69 77 88 99 00 100 111 121 123 222 321 333 420 456 555 666 777 789 888 999
  1234 12345 123456 1234567 12345678 123456789 2000 2010 2012 2015 2016 2017 2018 2019 2020 2021 2022 2023 2024
  2025 2026 1! 12! 123! 1234! !1 @1 #1 @12 @123 #123 _123 1a 1q a1 0`
    .split(/\s+/)
    .filter((ending) => ending !== '');

const WHOLE =
  `1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 zaq12wsx zaq1zaq1 q1w2e3r4 q1w2e3r4t5 qwer1234 qwerty12
  1qwerty1 12qwaszx 123qweasd 123qwe123 1234qwer 123qweasdzxc asd12345 qwe12345 qwe123456 zxc12345 aa123456
  aa12345678 aaa12345 a1234567 a12345678 a123456789 a1b2c3d4 a1b2c3d4e5 1a2b3c4d 1a2b3c4d5e abc12345 abcd1234 abcd12345 ab123456
  ab12345678 abc123abc abc123456 123456aa 12345678a 123456789a 1234567a 12345abc 123abc123 1234abcd 12341234a
  11111111a a11111111 aa111111 a1111111 00000000a pass1234word pass123word word1pass password1password
  iloveyou2 iloveyou4ever iloveu12 iloveu123 iluvyou1 love4ever trustno1 trustno11 letmein2 letmein1! welcome01! p4ssword
  p4ssw0rd p4ssword1 p4ssw0rd1 p455w0rd pa$$word pa$$w0rd pa$$word1 pa$$w0rd1 p@$$w0rd p@$$word1 p@$$w0rd1 passw0rd! p@ssw0rd!
  passw0rd1! p@ssw0rd1! pass@123 pass@1234 pass#123 admin@123 admin@1234 adm1n123 adm1nistrator admin123admin root1234root
  test1234test qwerty123qwerty querty12 qwerty1qwerty asdf1234asdf asdfasdf1 asdfjkl1 hello123hello s3cr3t123 s3cret123
  secret1secret w3lcome1 welc0me1 welcome1welcome charlie1charlie m0nkey123 dr4gon12 sup3rman superman1superman batman1batman
  football1football baseb4ll jordan23 michael23 kobe2408 ronaldo7 ronaldo07 cristiano7 messi101 lebron23 blink182 matrix01 thx1138a
  ncc1701d ncc1701e ncc74656 agent007 bond0071 jamesbond007 starwars77 c3por2d2 r2d2c3po windows98 windows95 windows2000
  windowsxp1 windows10 windows11 office365 linux123 ubuntu123 google12345 temp1234 temp12345 temppass1 temporary1 changeme1!
  newpass1 newpass123 newpassword1 mypass123 mypassword1 mypassword123 yourpass1 userpass1 userpassword1 testpass1 testuser1
  default123! letmein! sommer2020 sommer2021 sommer2022 sommer2023 sommer2024 sommer2025 hallo123 hallo1234 hallo12345
  schatz123 passwort1! bonjour1 bonjour123 soleil123 doudou123 loulou123 azerty12345 marseille13 hola1234 teamo123 tequiero1
  contrasena1 ciao1234 forza1234 amore123 juventus1 senha1234 brasil123 flamengo1 corinthians1 polska123 haslo1234 kochanie1
  privet123 parol1234 nikita123 sasha1234 natasha123 zhang123 wang1234 woaini520 woaini1314 a5201314 aa5201314 5201314a
  qq123456 wo123456 asdf123456 zxcvbnm123 1qazse432`
    .split(/\s+/)
    .filter((entry) => entry !== '');

const build = (): ReadonlySet<string> => {
  const list = new Set(WHOLE);
  for (const word of WORDS) {
    if (word.length >= 8) list.add(word);
    for (const ending of ENDINGS) {
      const entry = word + ending;
      if (entry.length >= 8) list.add(entry);
    }
  }
  return list;
};

let built: ReadonlySet<string> | undefined;
/** Made at the first question: most threads never ask, and a start does not wait for it. */
export const commonPasswords = (): ReadonlySet<string> => (built ??= build());

/** `folded`: NFKC, lower case. */
export const isCommonPassword = (folded: string): boolean => commonPasswords().has(folded);
