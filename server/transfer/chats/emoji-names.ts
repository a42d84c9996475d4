import { emoji as emojiSchema } from '../../protocol/emoji.ts';

/** The short names that chat programs have in common, of emoji that people react with: one line for each group of Unicode's chart. */
const NAMES = `
  grinning 😀 smiley 😃 smile 😄 grin 😁 laughing 😆 satisfied 😆 sweat_smile 😅 rolling_on_the_floor_laughing 🤣 rofl 🤣 joy 😂
  slightly_smiling_face 🙂 upside_down_face 🙃 wink 😉 blush 😊 innocent 😇 heart_eyes 😍 star-struck 🤩 kissing_heart 😘 relaxed ☺️
  yum 😋 stuck_out_tongue 😛 stuck_out_tongue_winking_eye 😜 zany_face 🤪 money_mouth_face 🤑 hugging_face 🤗 hugs 🤗 thinking 🤔
  thinking_face 🤔 shushing_face 🤫 zipper_mouth_face 🤐 neutral_face 😐 expressionless 😑 no_mouth 😶 smirk 😏 unamused 😒
  roll_eyes 🙄 grimacing 😬 relieved 😌 pensive 😔 sleepy 😪 sleeping 😴 mask 😷 nauseated_face 🤢 sneezing_face 🤧 hot_face 🥵
  cold_face 🥶 dizzy_face 😵 exploding_head 🤯 partying_face 🥳 sunglasses 😎 nerd_face 🤓 confused 😕 worried 😟
  slightly_frowning_face 🙁 open_mouth 😮 hushed 😯 astonished 😲 flushed 😳 pleading_face 🥺 frowning 😦 anguished 😧 fearful 😨
  cold_sweat 😰 cry 😢 sob 😭 scream 😱 disappointed 😞 sweat 😓 weary 😩 tired_face 😫 triumph 😤 rage 😡 angry 😠 skull 💀
  poop 💩 hankey 💩 clown_face 🤡 ghost 👻 alien 👽 robot 🤖 robot_face 🤖 see_no_evil 🙈 hear_no_evil 🙉 speak_no_evil 🙊
  heart ❤️ orange_heart 🧡 yellow_heart 💛 green_heart 💚 blue_heart 💙 purple_heart 💜 black_heart 🖤 white_heart 🤍 broken_heart 💔
  two_hearts 💕 sparkling_heart 💖 100 💯 boom 💥 collision 💥 dizzy 💫 sweat_drops 💦 dash 💨 speech_balloon 💬 zzz 💤
  wave 👋 raised_hand ✋ hand ✋ vulcan_salute 🖖 ok_hand 👌 v ✌️ crossed_fingers 🤞 metal 🤘 call_me_hand 🤙 point_left 👈
  point_right 👉 point_up ☝️ point_up_2 👆 point_down 👇 +1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 fist ✊ facepunch 👊 punch 👊 clap 👏
  raised_hands 🙌 open_hands 👐 handshake 🤝 pray 🙏 writing_hand ✍️ muscle 💪 brain 🧠 eyes 👀 eye 👁️ tongue 👅 shrug 🤷
  facepalm 🤦 man_facepalming 🤦‍♂️ woman_facepalming 🤦‍♀️ man_shrugging 🤷‍♂️ woman_shrugging 🤷‍♀️ dancer 💃 runner 🏃 bow 🙇
  dog 🐶 cat 🐱 mouse 🐭 fox_face 🦊 bear 🐻 panda_face 🐼 tiger 🐯 lion 🦁 cow 🐮 pig 🐷 frog 🐸 monkey_face 🐵 chicken 🐔
  penguin 🐧 owl 🦉 unicorn 🦄 bee 🐝 bug 🐛 butterfly 🦋 snail 🐌 turtle 🐢 snake 🐍 octopus 🐙 whale 🐳 dolphin 🐬
  sunflower 🌻 rose 🌹 cherry_blossom 🌸 four_leaf_clover 🍀 sun_with_face 🌞 sunny ☀️ rainbow 🌈 snowflake ❄️ snowman ⛄ zap ⚡
  fire 🔥 star ⭐ star2 🌟 sparkles ✨ tada 🎉 confetti_ball 🎊 balloon 🎈 gift 🎁 trophy 🏆 medal_sports 🏅 dart 🎯 soccer ⚽
  pizza 🍕 hamburger 🍔 taco 🌮 popcorn 🍿 doughnut 🍩 cookie 🍪 birthday 🎂 cake 🍰 coffee ☕ tea 🍵 beer 🍺 beers 🍻
  clinking_glasses 🥂 wine_glass 🍷 cocktail 🍸 champagne 🍾 apple 🍎 banana 🍌 strawberry 🍓 avocado 🥑
  rocket 🚀 car 🚗 airplane ✈️ house 🏠 bulb 💡 moneybag 💰 computer 💻 iphone 📱 email 📧 memo 📝 calendar 📆 bell 🔔 key 🔑 lock 🔒
  hammer 🔨 wrench 🔧 bomb 💣 hourglass ⌛ alarm_clock ⏰ musical_note 🎵 notes 🎶 mag 🔍 link 🔗 pushpin 📌 warning ⚠️
  white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ x ❌ no_entry ⛔ no_entry_sign 🚫 question ❓ exclamation ❗
  heavy_plus_sign ➕ recycle ♻️ arrow_up ⬆️ arrow_down ⬇️ checkered_flag 🏁 white_flag 🏳️ rainbow_flag 🏳️‍🌈
`;

const BY_NAME: ReadonlyMap<string, string> = new Map(
  Array.from(NAMES.matchAll(/(\S+) (\S+)/g), ([, name = '', emoji = '']) => [name, emoji]),
);

/** What the names of programs end in for the colours of skin, and the sign that follows the emoji. */
const SKINS: readonly (readonly [string, string])[] = [
  ['_light_skin_tone', '\u{1F3FB}'],
  ['_medium_light_skin_tone', '\u{1F3FC}'],
  ['_medium_skin_tone', '\u{1F3FD}'],
  ['_medium_dark_skin_tone', '\u{1F3FE}'],
  ['_dark_skin_tone', '\u{1F3FF}'],
];

const isEmoji = (text: string): boolean => emojiSchema.safeParse(text).success;

/** The emoji with a short name; null for one that is not known, such as one that somebody has uploaded. */
export const emojiOfName = (name: string): string | null => {
  const plain = BY_NAME.get(name);
  if (plain !== undefined) return plain;
  // Of several endings that fit, the longest one is the name of the colour.
  const [ending, sign] =
    SKINS.filter(([each]) => name.endsWith(each)).sort(([a], [b]) => b.length - a.length)[0] ?? [];
  if (ending === undefined || sign === undefined) return null;
  const bare = BY_NAME.get(name.slice(0, -ending.length))?.replace('\u{FE0F}', '');
  return bare !== undefined && isEmoji(bare + sign) ? bare + sign : null;
};

/** The emoji in the form in which Parley takes it: some programs leave out the sign that asks for its coloured picture. Null for anything
 *  else. */
export const standardEmoji = (text: string): string | null => [text, `${text}\u{FE0F}`].find(isEmoji) ?? null;

/** All of them, for a test. */
export const KNOWN_EMOJI: readonly string[] = [...BY_NAME.values()];
