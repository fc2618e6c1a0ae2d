// The words of the page in both languages; the server says its own in the language asked for.

export const TEXTS = {
  en: {
    "promise": "Everything stays on this computer.",
    "language": "Language",
    "bring": "Your card statement",
    "drop": "Drop your statement here",
    "or-choose": "PDF, photo or scan, and the mail that asks for it, if you have it – or click to choose",
    "cancel": "Cancel",
    "details": "Whose card it is",
    "details-why": "Written on the page, marked as added by you, because statements rarely print it.",
    "name": "Name",
    "address": "Billing address with postal code",
    "phone": "Phone number",
    "last-four": "Last four digits of the card",
    "last-four-why": "Only needed where the statement hides or does not show them.",
    "others": "Left as it is",
    "others-why": "Long numbers that are probably no card numbers. Black out those that are.",
    "others-item": "Page {page}: {digits} digits ending in {last_four}",
    "mask": "Black out",
    "unmask": "Leave",
    "prepare": "Prepare",
    "another": "Another statement",
    "look": "What will be sent",
    "look-how": "Check every page. Black out more with “Draw a mask”, then drag over it. Drag the blue frame to move your details.",
    "draw": "Draw a mask",
    "smaller": "Smaller",
    "larger": "Larger",
    "before": "Before",
    "after": "After",
    "page": "Page {number}",
    "result": "Result",
    "download": "Save {name}",
    "locked": "This PDF is locked",
    "password": "Password",
    "unlock": "Open",
    "leave": "Do not open",
    "wrong-password": "That password does not open it.",
    "reading": "Reading page {done} of {total}",
    "opening": "Opening the file",
    "write": "Drawing page {done} of {total}",
    "verify": "Checking page {done} of {total}",
    "preparing": "Preparing",
    "ready": "Read. Check the pages below.",
    "proven": "The file was read again: no card number is left in it but the last four digits.",
    "unreachable": "prepdoc has ended. Start it again and open the statement again.",
    "too-large": "This file is too large for a statement.",
    "card": "{brand} ending in {last_four}: blacked out",
    "card-hidden": "{brand}: blacked out whole",
    "some-card": "Card",
    "remove": "Do not black this out",
    "enlarge": "Press to black out more around it",
    "mask-drawn": "Your mask. Arrow keys move it, with Shift they resize it, Delete removes it.",
    "stamp": "Your details. Arrow keys or dragging move them.",
    "pass": "met",
    "warn": "look at it",
    "fail": "not met",
    "remember": "Remember these details on this computer",
    "more": "More: the mail, the transaction, whose account",
    "profile": "What is asked",
    "by-itself": "What the mail asks, or what suits the language",
    "letter": "The mail that asks (saved as .eml, or its text)",
    "transaction": "The transaction in question",
    "account-holder": "Whose account it is, if it is another person's",
    "relation": "What the cardholder is to that person",
    "order": "Order number",
    "email": "E-mail address of the account",
    "reply": "Your message",
    "copy": "Copy the message",
    "copied": "Copied",
    "save-file": "Save {name}",
    "do-without": "Do without {id}",
    "without": "Do without",
    "bad-choice": "This cannot be used: {what}",
    "statement-missing": "Now drop the statement, too.",
  },
  ja: {
    "promise": "すべてこのパソコンの中だけで処理します。",
    "language": "言語",
    "bring": "カードの利用明細",
    "drop": "ここに明細をドロップしてください",
    "or-choose": "PDF・写真・スキャン。依頼のメールがあれば一緒に。クリックして選ぶこともできます",
    "cancel": "中止",
    "details": "カード名義人の情報",
    "details-why": "明細に印字されていないことが多いため、ご本人による追記と明記してページに書き込みます。",
    "name": "氏名",
    "address": "請求先住所(郵便番号から)",
    "phone": "電話番号",
    "last-four": "カード番号の下4桁",
    "last-four-why": "明細に下4桁がない、または伏せられている場合だけ必要です。",
    "others": "そのまま残す番号",
    "others-why": "カード番号ではないと思われる長い番号です。カード番号であれば黒塗りにしてください。",
    "others-item": "{page}ページ: {digits}桁、末尾{last_four}",
    "mask": "黒塗りにする",
    "unmask": "残す",
    "prepare": "作成する",
    "another": "別の明細",
    "look": "提出する内容",
    "look-how": "すべてのページを確認してください。「黒塗りを描く」を押してからドラッグすると黒塗りを追加できます。青い枠はドラッグで動かせます。",
    "draw": "黒塗りを描く",
    "smaller": "縮小",
    "larger": "拡大",
    "before": "元の明細",
    "after": "提出用",
    "page": "{number}ページ",
    "result": "結果",
    "download": "{name} を保存",
    "locked": "このPDFはロックされています",
    "password": "パスワード",
    "unlock": "開く",
    "leave": "開かない",
    "wrong-password": "そのパスワードでは開けません。",
    "reading": "{total}ページ中{done}ページを読み取り中",
    "opening": "ファイルを開いています",
    "write": "{total}ページ中{done}ページを描画中",
    "verify": "{total}ページ中{done}ページを検証中",
    "preparing": "作成しています",
    "ready": "読み取りました。下のページを確認してください。",
    "proven": "できたファイルを読み直しました。下4桁以外のカード番号は残っていません。",
    "unreachable": "prepdocは終了しています。もう一度起動して明細を開いてください。",
    "too-large": "明細としては大きすぎるファイルです。",
    "card": "{brand} 末尾{last_four}: 黒塗り",
    "card-hidden": "{brand}: すべて黒塗り",
    "some-card": "カード",
    "remove": "黒塗りにしない",
    "enlarge": "押すと周りも黒塗りにできます",
    "mask-drawn": "追加した黒塗り。矢印キーで移動、Shift+矢印キーで大きさの変更、Deleteで削除します。",
    "stamp": "追記の枠。矢印キーかドラッグで動かせます。",
    "pass": "適合",
    "warn": "要確認",
    "fail": "不適合",
    "remember": "この情報をこのパソコンに保存する",
    "more": "その他: 依頼のメール、取引、アカウントの名義",
    "profile": "求められている内容",
    "by-itself": "メールの内容、または言語に合わせる",
    "letter": "依頼のメール(.eml、または本文のテキスト)",
    "transaction": "該当する取引",
    "account-holder": "アカウントの名義人(カード名義人と異なる場合)",
    "relation": "名義人から見たカード名義人の続柄",
    "order": "注文番号",
    "email": "アカウントに登録したメールアドレス",
    "reply": "返信の文面",
    "copy": "文面をコピー",
    "copied": "コピーしました",
    "save-file": "{name} を保存",
    "do-without": "{id} なしで作成する",
    "without": "なしで作成する",
    "bad-choice": "使えない入力です: {what}",
    "statement-missing": "続けて明細もドロップしてください。",
  },
};

/** What the command line calls an option has a name on the page, too. */
const OPTIONS = {
  "--account-holder": "account-holder",
  "--address": "address",
  "--allow": "without",
  "--last4": "last-four",
  "--mask": "draw",
  "--name": "name",
  "--password": "password",
  "--password-file": "password",
  "--phone": "phone",
  "--reply": "reply",
  "--request": "letter",
  "--transaction": "transaction",
};
const OPTION = /(--[a-z0-9-]+)(?: (?:1234|TEXT|RULE))?/g;

let spoken = "en";

/** Speak a language from now on, and put its words where the page has places for them. */
export function speak(language, root = document) {
  spoken = language in TEXTS ? language : "en";
  document.documentElement.lang = spoken;
  fill(root);
}

export function language() {
  return spoken;
}

/** A text with its {places} filled. */
export function say(key, values = {}) {
  return TEXTS[spoken][key].replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

/** A text of the server, with the page's own names for what it tells to use. */
export function onPage(text) {
  return text.replace(OPTION, (words, option) => (option in OPTIONS ? quoted(say(OPTIONS[option])) : words));
}

/** The label of a field that the server names, or what it says where that is none. */
export function labelled(name) {
  const key = name.replaceAll("_", "-");
  return key in TEXTS[spoken] ? quoted(say(key)) : name;
}

function quoted(label) {
  const words = label.replace(/\s*[(:,].*/, "");
  return spoken === "ja" ? `「${words}」` : `“${words}”`;
}

/** Put the words of the language spoken into everything that names one. */
export function fill(root) {
  for (const element of root.querySelectorAll("[data-text]")) {
    element.textContent = say(element.dataset.text);
  }
  for (const element of root.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", say(element.dataset.label));
    element.title = say(element.dataset.label);
  }
}
