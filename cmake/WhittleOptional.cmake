# whittle_optional(LLVM LLVM_FOUND "what it is for" <arguments of find_package>)
#
# Makes the cache entry WHITTLE_LLVM = AUTO | ON | OFF and looks for the package accordingly: ON insists, AUTO takes
# what is there, OFF does not look. Sets WHITTLE_HAS_LLVM for the caller. A macro, since find_package sets variables.
macro(whittle_optional name found purpose)
    set(WHITTLE_${name} AUTO CACHE STRING "${name}: ${purpose} (AUTO, ON or OFF)")
    set_property(CACHE WHITTLE_${name} PROPERTY STRINGS AUTO ON OFF)
    set(WHITTLE_HAS_${name} OFF)
    if(WHITTLE_${name} STREQUAL "AUTO")
        find_package(${ARGN} QUIET)
    elseif(WHITTLE_${name})
        find_package(${ARGN} REQUIRED)
    endif()
    if(WHITTLE_${name} AND ${found})
        set(WHITTLE_HAS_${name} ON)
    endif()
    message(STATUS "whittle: ${name} (${purpose}): ${WHITTLE_HAS_${name}}")
endmacro()
