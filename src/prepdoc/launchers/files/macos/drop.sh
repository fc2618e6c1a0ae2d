#!/bin/sh
# The droplet and the Quick Action hand their files to this. A program that Finder starts knows
# neither the terminal's search path nor its language.
prepdoc=prepdoc
PATH="$HOME/.local/bin:/opt/homebrew/bin:/usr/local/bin:$PATH"
export PATH
if [ -z "$LANG" ]; then
    LANG="$(defaults read -g AppleLocale 2>/dev/null | cut -d @ -f 1).UTF-8"
    export LANG
fi
exec "$prepdoc" drop -- "$@"
