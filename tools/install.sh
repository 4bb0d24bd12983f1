# SPDX-License-Identifier: BSL-1.0
# Read by the commands of this folder. install_missing COMMAND yes|no: installs the packages of packages.txt that COMMAND
# needs and that are not there, after saying which. With "no", or where it cannot, it names them and exits with 69.

is_there() {
    case $1 in
    */*) [ -e "$1" ] ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
    esac
}

install_missing() {
    missing=
    listed=$(mktemp)
    grep -v '^#' tools/packages.txt | tr -s ' ' | sed 's/ *| */|/g' >"$listed"
    while IFS='|' read -r commands package probe reason; do
        case " $commands " in *" $1 "*) ;; *) continue ;; esac
        is_there "$probe" && continue
        [ -n "$missing" ] || echo "Missing on this system:"
        printf '    %-28s %s\n' "$package" "$reason"
        missing="$missing $package"
    done <"$listed"
    rm -f "$listed"
    [ -n "$missing" ] || return 0

    if [ "$2" = no ]; then
        echo "Nothing was installed, as asked for by --no-install. On Debian: apt-get install --no-install-recommends$missing" >&2
        exit 69
    fi
    as_root=
    if [ "$(id -u)" != 0 ]; then
        if command -v sudo >/dev/null 2>&1; then
            as_root=sudo
            [ -t 0 ] || as_root='sudo -n'
        else
            echo "Root is needed to install them, and there is no sudo: apt-get install --no-install-recommends$missing" >&2
            exit 69
        fi
    fi
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "This system has no apt-get: please install them by its own means" >&2
        exit 69
    fi
    echo "Installing them now by apt-get."
    mkdir -p build
    options='-qq -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300'
    # shellcheck disable=SC2086
    if ! { $as_root apt-get $options update &&
           $as_root env DEBIAN_FRONTEND=noninteractive apt-get $options install -y \
               --no-install-recommends --no-remove $missing; } </dev/null >build/install.log 2>&1; then
        tail -n 20 build/install.log >&2
        echo "The packages could not be installed; the whole of what apt-get said is in build/install.log" >&2
        exit 69
    fi
}
