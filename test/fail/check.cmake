# Compiles SOURCE and passes if the compiler refuses it in the way that the file's comments say:
#
#   // expect: TEXT          TEXT is in the compiler's output (any number of these; at least one)
#   // expect(GNU): TEXT     the same for one compiler only (GNU or Clang)
#   // at most N lines       the output is no longer than that, instead of 12
#
# Called as cmake -DCOMPILER=... -DCOMPILER_ID=... -DSOURCE=... -DINCLUDE=... -DSYSTEM_INCLUDE=... -P check.cmake
cmake_minimum_required(VERSION 3.22)

get_filename_component(name "${SOURCE}" NAME_WE)

function(refuse reason)
    message("${output}")            # apart, since FATAL_ERROR breaks lines anew
    message(FATAL_ERROR "fail/${name}: ${reason}")
endfunction()

# Comments are read line by line, since CMake's lists would split texts at semicolons and brackets.
file(READ "${SOURCE}" text)
string(ASCII 1 semicolon)
string(ASCII 2 open)
string(ASCII 3 close)
string(REPLACE ";" "${semicolon}" text "${text}")
string(REPLACE "[" "${open}" text "${text}")
string(REPLACE "]" "${close}" text "${text}")
string(REPLACE "\n" ";" lines "${text}")

list(TRANSFORM SYSTEM_INCLUDE PREPEND "-isystem")
execute_process(
    COMMAND "${COMPILER}" -std=c++20 -fsyntax-only "-I${INCLUDE}" ${SYSTEM_INCLUDE} "${SOURCE}"
    RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(status EQUAL 0)
    refuse("compiles, and should not")
endif()

# A sentence may stand in several arguments of a template, since clang cuts off long ones.
string(REGEX REPLACE "\"}, (whittle::)?(v0::)?Says<[0-9]+>{\"" " " said "${output}")

set(expectations 0)
set(limit 12)
foreach(line IN LISTS lines)
    if(line MATCHES "^// expect(\\(([A-Za-z]+)\\))?: *(.*[^ ]) *$")
        math(EXPR expectations "${expectations} + 1")
        set(compiler "${CMAKE_MATCH_2}")
        set(expected "${CMAKE_MATCH_3}")
        if(compiler AND NOT compiler STREQUAL COMPILER_ID)
            continue()
        endif()
        string(REPLACE "${semicolon}" ";" expected "${expected}")
        string(REPLACE "${open}" "[" expected "${expected}")
        string(REPLACE "${close}" "]" expected "${expected}")
        string(FIND "${said}" "${expected}" at)
        if(at EQUAL -1)
            refuse("fails without saying '${expected}'")
        endif()
    elseif(line MATCHES "^// at most ([0-9]+) lines")
        set(limit ${CMAKE_MATCH_1})
    endif()
endforeach()
if(expectations EQUAL 0)
    refuse("has no '// expect: TEXT'")
endif()
string(REGEX REPLACE "[^\n]" "" newlines "${output}")
string(LENGTH "${newlines}" count)
if(count GREATER limit)
    refuse("says it in ${count} lines, more than ${limit}")
endif()
